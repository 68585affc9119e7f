#!/bin/bash
# Distributed under the Boost Software License, Version 1.0.
# file_server.sh FILE_SERVER [OPTION...]
. "$(dirname "$0")/support.sh"
need_clients curl nc
program=$1
server=("$@")
cd "$work"

mkdir -p root/sub root/bare outside
random_file root/big.bin 64M
random_file root/odd.txt 100003
: >root/empty
echo '<p>index' >root/sub/index.html
echo 'odd name' >'root/sp ace%'
echo secret >outside/secret
ln -s "$work/outside/secret" root/absolute
ln -s ../outside/secret root/relative
ln -s odd.txt root/inside
mkfifo root/fifo

start_service "${server[@]}" --stats --idle-timeout 2 root 127.0.0.1:0
url=http://$address
fetch() { timeout 60 curl -sS --path-as-is "$@"; }
status() { fetch -o /dev/null -w '%{http_code}' "$@"; }
header() { tr -d '\r' <head | sed -n "s/^$1: //Ip"; }
talk() { timeout 20 nc -N 127.0.0.1 "$port" | tr -d '\r'; } # a request of one's own

before=$(descriptors "$pid")

step "content"
fetch "$url/big.bin" | cmp - root/big.bin
fetch "$url/odd.txt?query=1" -D head | cmp - root/odd.txt
expect "type" "text/plain; charset=utf-8" "$(header content-type)"
expect "length" 100003 "$(header content-length)"
expect "an empty file" "" "$(fetch "$url/empty")"
expect "index" '<p>index' "$(fetch "$url/sub/")"
expect "index without a slash" '<p>index' "$(fetch "$url/sub")"
expect "decoding" 'odd name' "$(fetch "$url/sp%20ace%25")"
fetch "$url/inside" | cmp - root/odd.txt

step "ranges"
range() { # HEADER-VALUE STATUS CONTENT-RANGE FIRST LENGTH
    expect "status of $1" "$2" "$(fetch -D head -o body -w '%{http_code}' -H "Range: $1" "$url/odd.txt")"
    expect "range of $1" "$3" "$(header content-range)"
    [[ $2 == 416 ]] || head -c $(($4 + $5)) root/odd.txt | tail -c "$5" | cmp - body
}
range bytes=0-0 206 'bytes 0-0/100003' 0 1
range bytes=5-99 206 'bytes 5-99/100003' 5 95
range bytes=70000- 206 'bytes 70000-100002/100003' 70000 30003
range bytes=-5 206 'bytes 99998-100002/100003' 99998 5
range bytes=-999999 206 'bytes 0-100002/100003' 0 100003
range bytes=9-99999999999999999999999 206 'bytes 9-100002/100003' 9 99994
range bytes=100003- 416 'bytes */100003'
range bytes=-0 416 'bytes */100003'
range bytes=0-0,5-6 200 '' 0 100003
range bytes=9-5 200 '' 0 100003
range lines=1-2 200 '' 0 100003
expect "a range of an empty file" 416 "$(status -r 0-0 "$url/empty")"

step "HEAD and keep-alive"
fetch -I "$url/big.bin" >head
expect "length by HEAD" $((64 * 1024 * 1024)) "$(header content-length)"
expect "HEAD then GET on one connection" "1 200 0 200" \
    "$(fetch -o /dev/null -o /dev/null -w '%{num_connects} %{http_code} ' "$url/odd.txt" "$url/empty" | sed 's/ $//')"
printf 'GET /sub/ HTTP/1.1\r\nHost: a\r\n\r\nHEAD /odd.txt HTTP/1.1\r\nHost: a\r\n\r\nGET /sub/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n' |
    talk >answers
expect "pipelined requests" 3 "$(grep -c '^HTTP/1.1 200 OK' answers)"
expect "their bodies" 2 "$(grep -c '^<p>index' answers)"
expect "HTTP/1.0 closes" 1 "$(printf 'GET /sub/ HTTP/1.0\r\n\r\n' | talk | grep -ci '^connection: close')"

step "refusals"
expect "missing" 404 "$(status "$url/missing")"
expect "below a file" 404 "$(status "$url/odd.txt/")"
expect "a directory without an index" 403 "$(status "$url/bare/")"
expect "a FIFO" 403 "$(status "$url/fifo")"
expect "POST" 405 "$(fetch -D head -o /dev/null -w '%{http_code}' -d body "$url/odd.txt")"
expect "Allow" "GET, HEAD" "$(header allow)"
expect "an unknown method" 501 "$(status -X BREW "$url/odd.txt")"
expect "no HTTP" "HTTP/1.1 400 Bad Request" "$(printf 'nonsense\r\n\r\n' | talk | head -n 1)"
expect "no Host" "HTTP/1.1 400 Bad Request" "$(printf 'GET / HTTP/1.1\r\n\r\n' | talk | head -n 1)"
expect "a bad target" "HTTP/1.1 400 Bad Request" "$(printf 'GET odd.txt HTTP/1.1\r\nHost: a\r\n\r\n' | talk | head -n 1)"
expect "a bad escape" 400 "$(status "$url/%zz")"
expect "a zero byte" 400 "$(status "$url/odd.txt%00")"
expect "a long header" 431 "$(status -H "X: $(head -c 9000 /dev/zero | tr '\0' x)" "$url/empty")"
expect "a later HTTP" "HTTP/1.1 505 HTTP Version Not Supported" "$(printf 'GET / HTTP/3.7\r\n\r\n' | talk | head -n 1)"

step "no way out of the root"
for path in ../outside/secret sub/../../outside/secret %2e%2e/outside/secret ..%2foutside/secret \
    absolute relative /../outside/secret "$work/outside/secret" sub//../../outside/secret; do
    body=$(fetch -w ' %{http_code}' "$url/$path")
    [[ $body != *secret* && $body == *\ 40[04] ]] || fail "$path gives: $body"
done
expect "a .. that stays inside" '<p>index' "$(fetch "$url/bare/../sub/")"

step "clients that leave in the middle, or stay and do nothing"
for i in 1 2 3 4 5; do
    { printf 'GET /big.bin HTTP/1.1\r\nHost: a\r\n\r\n'; } | timeout 20 nc 127.0.0.1 "$port" | head -c 100000 >/dev/null || true
done
exec 5<>"/dev/tcp/127.0.0.1/$port" 6<>"/dev/tcp/127.0.0.1/$port"
printf 'GET /sub/ HTTP/1.1\r\nHost' >&5           # half a header
printf 'GET /big.bin HTTP/1.1\r\nHost: a\r\n\r\n' >&6 # and an answer that nobody reads
eventually has_descriptors "$pid" "$before"      # the idle limit ends both
exec 5>&- 6>&-
fetch "$url/odd.txt" | cmp - root/odd.txt

step "many connections leave no descriptor behind"
for i in $(seq 20); do
    fetch -r "$((i * 100))-$((i * 5000))" -o /dev/null "$url/odd.txt"
done
eventually has_descriptors "$pid" "$before"

step "SIGTERM and SIGINT, with a connection open; statistics"
exec 5<>"/dev/tcp/127.0.0.1/$port"
end_service TERM "$pid"
exec 5>&-
[[ $(statistic "service.$pid" bytes) -gt $((64 * 1024 * 1024)) ]] || fail "statistics: $(cat "service.$pid")"
if [[ " ${server[*]} " != *" --plain "* ]]; then
    [[ $(statistic "service.$pid" sendfile_bytes) -gt $((64 * 1024 * 1024)) ]] || fail "no sendfile"
fi
start_service "${server[@]}" root '[::1]:0'
fetch -g "http://$address/odd.txt" | cmp - root/odd.txt
end_service INT "$pid"

step "no descriptors left for connections"
start_service bash -c 'ulimit -n $0; exec "$@"' $((before + 4)) "${server[@]}" --idle-timeout 2 root 127.0.0.1:0
for fd in 11 12 13 14 15 16 17 18; do
    eval "exec $fd<>/dev/tcp/127.0.0.1/$port"
done
eventually grep -q 'accept: Too many open files' service.err "service.$pid" 2>/dev/null
for fd in 11 12 13 14 15 16 17 18; do
    eval "exec $fd>&-"
done
# Until they are gone it may accept, and then have no descriptor for the file: 503.
serves_again() { fetch --fail -o body "http://$address/odd.txt" 2>/dev/null && cmp -s body root/odd.txt; }
eventually serves_again
end_service TERM "$pid"

step "usage"
expect_usage "$program"
expect_usage "$program" root
expect_usage "$program" root 127.0.0.1
expect_usage "$program" root 127.0.0.1:99999
expect_usage "$program" root ::1:80
expect_usage "$program" root 127.0.0.1:0 more
expect_usage "$program" --no-such-option root 127.0.0.1:0
expect_usage "$program" --idle-timeout soon root 127.0.0.1:0
expect_status 1 "$program" missing 127.0.0.1:0

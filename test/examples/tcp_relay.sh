#!/bin/bash
# Distributed under the Boost Software License, Version 1.0.
# tcp_relay.sh TCP_RELAY FILE_SERVER [OPTION...]
. "$(dirname "$0")/support.sh"
need_clients curl nc socat
program=$1
file_server=$2
relay=("$1" "${@:3}")
cd "$work"

mkdir root
random_file root/big.bin 64M
random_file root/odd.bin 1000003
start_service "$file_server" root 127.0.0.1:0
server=$pid
start_service "${relay[@]}" --stats 127.0.0.1:0 "$address"
url=http://$address
fetch() { timeout 60 curl -sS "$@"; }
before=$(descriptors "$pid")

step "content, in parallel and on one connection"
fetch "$url/big.bin" | cmp - root/big.bin
clients=()
for i in 1 2 3 4; do
    fetch -o "got.$i" "$url/odd.bin" &
    clients+=($!)
done
for i in 1 2 3 4; do
    wait "${clients[i - 1]}"
    cmp "got.$i" root/odd.bin
done
expect "two requests on one connection" "1 0 " "$(fetch -o /dev/null -o /dev/null -w '%{num_connects} ' "$url/odd.bin" "$url/odd.bin")"

step "clients that leave in the middle"
for i in 1 2 3 4 5; do
    printf 'GET /big.bin HTTP/1.1\r\nHost: a\r\n\r\n' | timeout 20 nc 127.0.0.1 "${url##*:}" | head -c 100000 >/dev/null || true
done
fetch "$url/odd.bin" | cmp - root/odd.bin

step "no descriptors are left behind"
eventually has_descriptors "$pid" "$before"
for i in $(seq 10); do
    fetch -o /dev/null "$url/odd.bin"
done
eventually has_descriptors "$pid" "$before"

step "SIGTERM, with a connection open; statistics"
exec 5<>"/dev/tcp/127.0.0.1/${url##*:}"
eventually eval '(( $(descriptors "$pid") >= before + 2 ))'
end_service TERM "$pid"
exec 5>&-
[[ $(statistic "service.$pid" bytes) -gt $((64 * 1024 * 1024)) ]] || fail "statistics: $(cat "service.$pid")"

# An upstream that answers only when its client has ended: an upload comes back as it was.
step "half-close: the end of a request, and then the whole reply, both ways at full length"
cat >reply <<'END'
#!/bin/bash
cat >upload
cat upload
END
chmod +x reply
socat -d -d TCP-LISTEN:0,bind=127.0.0.1,reuseaddr,fork EXEC:./reply,nofork 2>socat.log &
running+=($!)
eventually grep -q 'listening on' socat.log
start_service "${relay[@]}" 127.0.0.1:0 "$(sed -n 's/.*listening on AF=2 //p' socat.log | head -n 1)"
timeout 60 nc -N 127.0.0.1 "$port" <root/big.bin | cmp - root/big.bin
cmp upload root/big.bin
: | timeout 60 nc -N 127.0.0.1 "$port" | cmp - /dev/null
end_service INT "$pid"

step "IPv6, and a relay behind a relay"
start_service "$file_server" root '[::1]:0'
start_service "${relay[@]}" '[::1]:0' "$address"
start_service "${relay[@]}" 127.0.0.1:0 "$address"
fetch "http://$address/big.bin" | cmp - root/big.bin

step "upstream refuses"
start_service "$file_server" root 127.0.0.1:0
end_service TERM "$pid"
start_service "${relay[@]}" 127.0.0.1:0 "$address"
status=0
fetch -o /dev/null "http://127.0.0.1:$port/odd.bin" 2>/dev/null || status=$?
[[ $status == 52 || $status == 56 ]] || fail "curl says $status when the upstream refuses"
grep -q 'Connection refused' "service.$pid" || fail "no message"
end_service TERM "$pid"
end_service TERM "$server"

step "usage"
expect_usage "$program"
expect_usage "$program" 127.0.0.1:0
expect_usage "$program" 127.0.0.1:0 nonsense
expect_usage "$program" '[::1:0' 127.0.0.1:1
expect_usage "$program" 127.0.0.1:0 127.0.0.1:1 more
expect_usage "$program" --no-such-option 127.0.0.1:0 127.0.0.1:1

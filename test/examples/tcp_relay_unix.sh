#!/bin/bash
# Distributed under the Boost Software License, Version 1.0.
# tcp_relay_unix.sh TCP_RELAY FILE_SERVER: Unix sockets at either side.
. "$(dirname "$0")/support.sh"
need_clients curl nc socat
relay=$1
file_server=$2
cd "$work"

mkdir root
random_file root/big.bin 64M
random_file root/odd.bin 1000003
start_service "$file_server" root 127.0.0.1:0
server_address=$address
fetch() { timeout 60 curl -sS "$@"; }
fetch_unix() { fetch --unix-socket "$1" "http://localhost/$2"; } # PATH FILE

step "Unix to TCP, Unix to Unix, TCP to Unix"
start_service "$relay" --stats "unix:$work/first" "$server_address"
first=$pid
expect "address" "unix:$work/first" "$address"
start_service "$relay" --stats unix:second "unix:$work/first"
second=$pid
expect "address" unix:second "$address"
start_service "$relay" --stats 127.0.0.1:0 unix:second
third=$pid
for path in first second; do
    fetch_unix "$path" big.bin | cmp - root/big.bin
    fetch_unix "$path" odd.bin | cmp - root/odd.bin
done
fetch "http://$address/big.bin" | cmp - root/big.bin

step "somebody listens there already"
expect_status 1 "$relay" unix:first "$server_address"
grep -q '^tcp_relay: unix:first: Address already in use' stderr || fail "no reason in: $(cat stderr)"
fetch_unix first odd.bin | cmp - root/odd.bin

step "the file goes when the relay goes"
for pid in $first $second $third; do
    end_service TERM "$pid"
done
for pid in $second $third; do
    expect "complete" "$(statistic "service.$pid" connections)" "$(statistic "service.$pid" complete)"
done
[[ ! -e first && ! -e second ]] || fail "a file is left behind"

step "no place of its own"
echo kept >file
expect_status 1 "$relay" unix:file "$server_address"
grep -q '^tcp_relay: unix:file: Address already in use' stderr || fail "no reason in: $(cat stderr)"
expect "the file" kept "$(cat file)"
expect_status 1 "$relay" unix:missing/socket "$server_address"

step "an old file is replaced; one of somebody else in its place is left alone"
start_service "$relay" unix:old "$server_address"
kill -KILL "$pid"
{ wait "$pid" || true; } 2>/dev/null
[[ -S old ]] || fail "no old file to test with"
nobody_listens() { ! timeout 5 nc -z -U "$1"; }
eventually nobody_listens old # an io_uring is taken down, and lets go of the socket, after its process
start_service "$relay" unix:old "$server_address"
first=$pid
fetch_unix old odd.bin | cmp - root/odd.bin
rm old
start_service "$relay" unix:old "$server_address"
end_service TERM "$first"
fetch_unix old odd.bin | cmp - root/odd.bin
end_service TERM "$pid"
[[ ! -e old ]] || fail "the file is left behind"

step "the file goes when nobody is let in any more, and the last connection goes on"
start_service "$relay" 127.0.0.1:0 "$server_address"
start_service "$relay" unix:draining "$address"
draining=$pid
start_service "$relay" 127.0.0.1:0 unix:draining
exec 5<>"/dev/tcp/127.0.0.1/$port"
eventually has_statistic "$draining" connected 1
kill -TERM "$draining"
is_removed() { [[ ! -e $1 ]]; }
eventually is_removed draining
printf 'GET /odd.bin HTTP/1.0\r\n\r\n' >&5
timeout 60 cat <&5 | tail -c 1000003 | cmp - root/odd.bin
exec 5>&-
expect_end "$draining" "after its last connection"

step "threads share the one queue"
start_service "$relay" --threads 4 --stats unix:shared "$server_address"
clients=()
for i in $(seq 16); do
    fetch_unix shared odd.bin >"got.$i" &
    clients+=($!)
done
for i in $(seq 16); do
    wait "${clients[i - 1]}"
    cmp "got.$i" root/odd.bin
done
end_service TERM "$pid"
expect "complete" 16 "$(statistic "service.$pid" complete)"

step "half-close"
cat >reply <<'END'
#!/bin/bash
cat >upload
cat upload
END
chmod +x reply
socat -d -d UNIX-LISTEN:reply.socket,fork EXEC:./reply,nofork 2>socat.log &
running+=($!)
eventually grep -qs 'listening on' socat.log
start_service "$relay" unix:half unix:reply.socket
timeout 60 nc -N -U half <root/big.bin | cmp - root/big.bin
end_service TERM "$pid"

step "an upstream whose queue is full is waited for"
socat -d -d UNIX-LISTEN:full,backlog=1,fork EXEC:cat 2>full.log &
full=$!
running+=("$full")
eventually grep -qs 'listening on' full.log
kill -STOP "$full"
start_service "$relay" --stats 127.0.0.1:0 unix:full
for fd in 11 12 13 14 15 16; do
    eval "exec $fd<>/dev/tcp/127.0.0.1/$port"
    echo "hello $fd" >&$fd
done
eventually has_statistic "$pid" connections 6
is_silent 16 || fail "somebody answers, or the connection is closed"
expect "connected while the queue is full" 2 "$(statistic_now "$pid" connected)"
kill -CONT "$full"
for fd in 11 12 13 14 15 16; do
    read -r -t 20 -u "$fd" line
    expect "echo" "hello $fd" "$line"
    eval "exec $fd>&-"
done
end_service TERM "$pid"
expect "failures" 0 "$(statistic "service.$pid" connect_failed)"

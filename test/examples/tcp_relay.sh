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
server_address=$address
start_service "${relay[@]}" --stats 127.0.0.1:0 "$address"
url=http://$address
fetch() { timeout 60 curl -sS "$@"; }
before=$(sockets "$pid")

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
    printf 'GET /big.bin HTTP/1.1\r\nHost: a\r\n\r\n' | timeout 20 nc 127.0.0.1 "$port" | head -c 100000 >/dev/null || true
done
fetch "$url/odd.bin" | cmp - root/odd.bin

step "no sockets are left behind, and no more pipes than before"
eventually has_sockets "$pid" "$before"
fetch -o /dev/null "$url/odd.bin"
eventually has_sockets "$pid" "$before"
with_pipes=$(descriptors "$pid")
for i in $(seq 10); do
    fetch -o /dev/null "$url/odd.bin"
done
eventually has_sockets "$pid" "$before"
eventually eval '(( $(descriptors "$pid") <= with_pipes ))'

step "SIGTERM, with a connection open; statistics"
exec 5<>"/dev/tcp/127.0.0.1/$port"
eventually has_sockets "$pid" $((before + 2))
kill -TERM "$pid"
eventually refuses "$port"
end_service TERM "$pid" # the first lets it go on
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
eventually grep -qs 'listening on' socat.log
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

step "threads: one address, a queue for each, and every client is served"
start_service "${relay[@]}" --threads 4 --stats 127.0.0.1:0 "$server_address"
expect "queues" 4 "$(grep -c "$(printf ':%04X 00000000:0000 0A' "$port")" /proc/net/tcp)"
(($(ls "/proc/$pid/task" | wc -l) >= 5)) || fail "too few threads" # the first only waits for signals
clients=()
for i in $(seq 16); do
    fetch -o "got.$i" "http://$address/odd.bin" &
    clients+=($!)
done
for i in $(seq 16); do
    wait "${clients[i - 1]}"
    cmp "got.$i" root/odd.bin
done
for threads in 1 4; do # and nobody else gets some of them
    expect_status 1 "${relay[@]}" --threads "$threads" "$address" "$server_address"
    grep -q "^tcp_relay: $address: Address already in use" stderr || fail "no reason in: $(cat stderr)"
done
end_service TERM "$pid"
expect "connections" 16 "$(statistic "service.$pid" connections)"
expect "complete" 16 "$(statistic "service.$pid" complete)"
expect "open" 0 "$(statistic "service.$pid" open)"
expect "bytes in both directions" "$(statistic "service.$pid" bytes)" \
    $(($(statistic "service.$pid" bytes_to_upstream) + $(statistic "service.$pid" bytes_to_client)))
(($(statistic "service.$pid" bytes_to_client) > 16 * 1000003)) || fail "too few bytes to the clients"

step "an upstream by its name"
start_service "${relay[@]}" 127.0.0.1:0 "localhost:${server_address##*:}"
fetch "http://$address/odd.bin" | cmp - root/odd.bin
end_service TERM "$pid"
long_name=$(printf 'a%.0s' {1..64}) # longer than a name may be: no server needs to be asked
expect_status 1 "${relay[@]}" 127.0.0.1:0 "$long_name:80"
grep -q "^tcp_relay: $long_name:80: " stderr || fail "no name in: $(cat stderr)"

step "upstream refuses"
start_service "${relay[@]}" 127.0.0.1:0 127.0.0.1:1 # a port that no program gets by chance
status=0
fetch -o /dev/null "http://127.0.0.1:$port/odd.bin" 2>/dev/null || status=$?
# A reset, while curl connects, sends or receives. 52 would be an end: an empty reply that looks complete.
[[ $status == 7 || $status == 55 || $status == 56 ]] || fail "curl says $status when the upstream refuses"
grep -q 'Connection refused' "service.$pid" || fail "no message"
end_service TERM "$pid"
end_service TERM "$server"

step "usage"
expect_usage "$program"
expect_usage "$program" 127.0.0.1:0
expect_usage "$program" --stats 127.0.0.1:0
expect_usage "$program" 127.0.0.1:0 127.0.0.1:1 more
expect_usage "$program" --no-such-option 127.0.0.1:0 127.0.0.1:1
long_path=$(printf 'p%.0s' {1..108})
for listen in nonsense '[::1:0' ::1:0 127.0.0.1 127.0.0.1:99999 127.0.0.1:-1 localhost:0 :80 unix: "unix:$long_path"; do
    expect_usage "$program" "$listen" 127.0.0.1:1
done
for upstream in nonsense 127.0.0.1:0 127.0.0.1: 127.0.0.300:1 'a b:1' 'localhost:http' unix: "unix:$long_path"; do
    expect_usage "$program" 127.0.0.1:0 "$upstream"
done
for option in threads=0 threads=1025 threads=-1 threads=two threads= idle-timeout=-1 idle-timeout=soon \
    half-close-timeout=1s connect-timeout=1e3 connect-timeout=inf drain-timeout=nan drain-timeout=1000000001 \
    rate=1.5M rate=-1 rate=M rate=1T rate=18446744073709551616 rate=18014398509481984K max-connections=1.5 \
    max-connections=-1 max-connections=1000001 stats= stats=often; do
    expect_usage "$program" "--$option" 127.0.0.1:0 127.0.0.1:1
done
for option in idle-timeout=1 half-close-timeout=1 rate=1M; do
    expect_usage "$program" --plain "--$option" 127.0.0.1:0 127.0.0.1:1
done
expect_status 0 "$program" --help

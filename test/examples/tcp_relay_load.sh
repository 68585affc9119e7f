#!/bin/bash
# Distributed under the Boost Software License, Version 1.0.
# tcp_relay_load.sh TCP_RELAY FILE_SERVER: too many clients, too few descriptors, an upstream that fails.
. "$(dirname "$0")/support.sh"
need_clients curl socat
relay=$1
file_server=$2
cd "$work"

mkdir root
random_file root/odd.bin 1000003
start_service "$file_server" root 127.0.0.1:0
server_address=$address

# Clients at the descriptors 11, 12, ...; a connection that waits in the queue is a connection for them.
connect_clients() { # COUNT
    for ((fd = 11; fd < 11 + $1; ++fd)); do
        eval "exec $fd<>/dev/tcp/127.0.0.1/$port"
    done
}
disconnect_clients() { # FIRST LAST
    for ((fd = $1; fd <= $2; ++fd)); do
        eval "exec $fd>&-"
    done
}
request() { printf 'GET /odd.bin HTTP/1.0\r\n\r\n' >&"$1"; } # DESCRIPTOR
expect_answer() { timeout 60 cat <&"$1" | tail -c 1000003 | cmp - root/odd.bin; }

step "as many as are allowed; the next one is served when one of them has gone"
start_service "$relay" --max-connections 2 --stats 127.0.0.1:0 "$server_address"
connect_clients 3
eventually has_statistic "$pid" open 2
request 13
is_silent 13 || fail "one too many is served, or refused"
expect "connections" 2 "$(statistic_now "$pid" connections)"
disconnect_clients 11 11
expect_answer 13
expect "connections" 3 "$(statistic_now "$pid" connections)"
disconnect_clients 12 13
eventually has_statistic "$pid" open 0
end_service TERM "$pid"

step "the same with threads, of which each has its own queue"
start_service "$relay" --max-connections 3 --threads 4 --stats 127.0.0.1:0 "$server_address"
clients=()
for i in $(seq 12); do
    timeout 60 curl -sS -o "got.$i" "http://$address/odd.bin" &
    clients+=($!)
done
for i in $(seq 12); do
    wait "${clients[i - 1]}"
    cmp "got.$i" root/odd.bin
done
connect_clients 12
eventually has_statistic "$pid" connections 15
is_silent 11 || fail "somebody speaks"
expect "open" 3 "$(statistic_now "$pid" open)"
kill -TERM "$pid"
eventually refuses "$port" # also to those who wait in a queue
end_service TERM "$pid"
expect "reset" 3 "$(statistic "service.$pid" reset)"
disconnect_clients 11 22

step "one at a time, whichever thread it comes to"
start_service "$relay" --max-connections 1 --threads 4 127.0.0.1:0 "$server_address"
for i in $(seq 8); do
    timeout 20 curl -sS "http://$address/odd.bin" | cmp - root/odd.bin
done
end_service TERM "$pid"

step "no descriptors left: clients wait in the queue, and none is lost"
start_service "$relay" 127.0.0.1:0 "$server_address"
before=$(sockets "$pid")
limits=("$(limit_that_leaves "$pid" 4)" "$(limit_that_leaves "$pid" 5)") # a connection needs two, and its pipes
end_service TERM "$pid"
for limit in "${limits[@]}"; do
    start_service bash -c 'ulimit -n $0; exec "$@"' "$limit" "$relay" --stats 127.0.0.1:0 "$server_address"
    connect_clients 8
    request 18
    eventually grep -qs 'accept: Too many open files' service.err "service.$pid"
    cpu=$(statistic_now "$pid" cpu_seconds)
    is_silent 18 || fail "the last one is served, or refused"
    awk -v before="$cpu" -v after="$(statistic_now "$pid" cpu_seconds)" 'BEGIN { exit !(after - before < 0.1) }' ||
        fail "it spins while there is no descriptor"
    open=$(statistic_now "$pid" open)
    ((open >= 1 && open <= 2)) || fail "$open are open"
    disconnect_clients 11 17
    expect_answer 18
    disconnect_clients 18 18
    eventually has_statistic "$pid" open 0
    eventually has_sockets "$pid" "$before"
    timeout 60 curl -sS "http://$address/odd.bin" | cmp - root/odd.bin
    end_service TERM "$pid"
    expect "connections" 9 "$(statistic "service.$pid" connections)"
    expect "connected" 9 "$(statistic "service.$pid" connected)"
done

step "an upstream that does not answer"
socat -d -d TCP-LISTEN:0,bind=127.0.0.1,backlog=1,fork PIPE 2>socat.log &
silent=$!
running+=("$silent")
eventually grep -qs 'listening on' socat.log
kill -STOP "$silent" # two find a place in its queue
start_service "$relay" --connect-timeout 0.3 --stats 127.0.0.1:0 "$(sed -n 's/.*listening on AF=2 //p' socat.log)"
connect_clients 4
eventually has_statistic "$pid" connect_failed 2
expect "connected" 2 "$(statistic_now "$pid" connected)"
expect "open" 2 "$(statistic_now "$pid" open)"
grep -q '^tcp_relay: 127.0.0.1:[0-9]*: Connection timed out' "service.$pid" || fail "it says: $(cat "service.$pid")"
status=0
timeout 20 cat <&14 >got 2>reason || status=$?
expect "status of a client without an upstream" 1 "$status"
grep -q 'Connection reset by peer' reason || fail "the client says: $(cat reason)"
kill -TERM "$pid"
end_service INT "$pid"
disconnect_clients 11 14

step "an upstream that refuses: a line a second, however many there are"
start_service "$relay" --stats 127.0.0.1:0 127.0.0.1:1 # a port that is given to nobody who asks for any
started=$SECONDS
for i in $(seq 50); do
    connect_clients 1
    disconnect_clients 11 11
done
eventually has_statistic "$pid" connect_failed 50
lines=$(grep -c '^tcp_relay: .*: Connection refused' "service.$pid")
((lines >= 1 && lines <= SECONDS - started + 2)) || fail "$lines lines in $((SECONDS - started)) seconds"
fails_and_says_more() {
    connect_clients 1
    disconnect_clients 11 11
    grep -q ': Connection refused (and [0-9]* failures before)$' "service.$pid"
}
eventually fails_and_says_more
end_service TERM "$pid"

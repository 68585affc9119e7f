#!/bin/bash
# Distributed under the Boost Software License, Version 1.0.
# tcp_relay_end.sh TCP_RELAY FILE_SERVER [OPTION...]: how it ends, and what it says of itself before.
. "$(dirname "$0")/support.sh"
need_clients curl
file_server=$2
relay=("$1" "${@:3}")
cd "$work"

mkdir root
random_file root/big.bin 64M # more than the sockets on the way can hold
start_service "$file_server" root 127.0.0.1:0
server_address=$address

# A transfer that has begun, at descriptor 5, and that waits for its reader.
begin_transfer() {
    local line
    exec 5<>"/dev/tcp/127.0.0.1/$port"
    printf 'GET /big.bin HTTP/1.0\r\n\r\n' >&5
    read -r -t 20 -u 5 line
    expect "status line" $'HTTP/1.1 200 OK\r' "$line"
}

step "SIGUSR1, while a transfer runs and after it"
start_service "${relay[@]}" --threads 2 127.0.0.1:0 "$server_address"
begin_transfer
expect "connections" 1 "$(statistic_now "$pid" connections)"
expect "connected" 1 "$(statistic_now "$pid" connected)"
expect "open" 1 "$(statistic_now "$pid" open)"
expect "complete" 0 "$(statistic_now "$pid" complete)"
timeout 60 cat <&5 >rest
exec 5>&-
tail -c 64M rest | cmp - root/big.bin
eventually has_statistic "$pid" complete 1
expect "open" 0 "$(statistic_now "$pid" open)"
(($(statistic_now "$pid" bytes_to_client) > 64 * 1024 * 1024)) || fail "bytes to the client are missing"
expect "bytes to the upstream" 25 "$(statistic_now "$pid" bytes_to_upstream)"
before=$(statistics_lines "$pid")
end_service TERM "$pid"
expect "lines at the end, without --stats" "$before" "$(statistics_lines "$pid")"

step "statistics now and then, and at the end"
start_service "${relay[@]}" --stats=0.1 127.0.0.1:0 "$server_address"
eventually has_more_statistics_lines "$pid" 2
end_service TERM "$pid"
start_service "${relay[@]}" --stats 127.0.0.1:0 "$server_address"
end_service TERM "$pid"
expect "lines at the end" 1 "$(statistics_lines "$pid")"

for signal in TERM INT; do
    step "SIG$signal: nobody else comes in, and an open transfer comes to its end"
    start_service "${relay[@]}" --threads 2 --stats 127.0.0.1:0 "$server_address"
    begin_transfer
    kill -"$signal" "$pid"
    eventually refuses "$port"
    eventually has_statistic "$pid" open 1
    timeout 60 cat <&5 >rest
    exec 5>&-
    tail -c 64M rest | cmp - root/big.bin
    expect_end "$pid" "after its last connection"
    expect "reset" 0 "$(statistic "service.$pid" reset)" # more may be complete: those that found it not yet closed
done

# The rest of a transfer that was cut short: its reader must see that.
expect_reset() {
    local status=0
    timeout 60 cat <&5 >rest 2>reason || status=$?
    exec 5>&-
    expect "status of the reader" 1 "$status"
    grep -q 'Connection reset by peer' reason || fail "the reader says: $(cat reason)"
    (($(stat -c %s rest) < 64 * 1024 * 1024)) || fail "nothing was cut short"
}

step "a second signal resets what is left"
start_service "${relay[@]}" --threads 2 --stats --drain-timeout 0 127.0.0.1:0 "$server_address"
begin_transfer
kill -TERM "$pid"
eventually refuses "$port"
eventually grep -q '^tcp_relay: [12] open; ' "service.$pid"
eventually has_statistic "$pid" open 1
end_service TERM "$pid"
expect "reset" 1 "$(statistic "service.$pid" reset)"
expect_reset

step "so does the time to drain"
start_service "${relay[@]}" --threads 2 --stats --drain-timeout 0.2 127.0.0.1:0 "$server_address"
begin_transfer
end_service TERM "$pid"
expect "reset" 1 "$(statistic "service.$pid" reset)"
expect_reset

step "a transfer that is reset behind the upstream is reset"
start_service "${relay[@]}" --stats 127.0.0.1:0 "$server_address"
upstream=$pid
start_service "${relay[@]}" 127.0.0.1:0 "$address"
begin_transfer
kill -TERM "$upstream"
end_service INT "$upstream"
expect_reset
eventually has_statistic "$pid" reset 1
end_service TERM "$pid"

#!/bin/bash
# Distributed under the Boost Software License, Version 1.0.
# tcp_relay_limits.sh TCP_RELAY FILE_SERVER: time without progress, and bytes a second.
. "$(dirname "$0")/support.sh"
need_clients curl nc socat
relay=$1
file_server=$2
cd "$work"

mkdir root
random_file root/big.bin 64M
random_file root/two.bin 2M
start_service "$file_server" root 127.0.0.1:0
server_address=$address

milliseconds() { date +%s%3N; }
expect_between() { # WHAT LEAST MOST ACTUAL
    (($4 >= $2 && $4 <= $3)) || fail "$1: $4 is not from $2 to $3"
}

# The relay ends the connection at descriptor 5, by an end and not by a reset.
expect_closed() { # WHEN
    local status=0
    timeout 20 cat <&5 >rest 2>reason || status=$?
    exec 5>&-
    expect "status of the reader $1, $(cat reason)" 0 "$status"
}

# An upstream that runs a program for each connection. Below: one that says nothing and ends with its client, one
# that says nothing and stays, and one that says something now and then.
start_upstream() { # PROGRAM
    rm -f socat.log # or what the last one said would do
    socat -d -d TCP-LISTEN:0,bind=127.0.0.1,fork EXEC:"$1",nofork 2>socat.log &
    running+=("$!")
    eventually grep -qs 'listening on' socat.log
    upstream_address=$(sed -n 's/.*listening on AF=2 //p' socat.log | head -n 1)
}
cat >silent <<'EOF'
#!/bin/bash
exec cat >/dev/null
EOF
cat >patient <<'EOF'
#!/bin/bash
echo $$ >>pids
cat >upload
exec sleep 20
EOF
cat >slow <<'EOF'
#!/bin/bash
cat >/dev/null
for i in 1 2 3 4 5 6 7 8; do
    sleep 0.3
    echo "$i"
done
EOF
chmod +x silent patient slow

step "an idle connection is closed"
start_upstream ./silent
start_service "$relay" --idle-timeout 0.4 --stats 127.0.0.1:0 "$upstream_address"
started=$(milliseconds)
exec 5<>"/dev/tcp/127.0.0.1/$port"
expect_closed "of an idle connection"
expect_between "milliseconds without a byte" 350 10000 $(($(milliseconds) - started))
eventually has_statistic "$pid" timed_out 1
expect "open" 0 "$(statistic_now "$pid" open)"

end_service TERM "$pid"

step "each byte starts the time anew"
start_service "$relay" --idle-timeout 1.5 --stats 127.0.0.1:0 "$upstream_address"
started=$(milliseconds)
exec 5<>"/dev/tcp/127.0.0.1/$port"
for i in 1 2 3 4 5 6; do
    is_silent 5 || fail "closed after byte $i" # for 0.3 seconds
    echo "$i" >&5
done
expect_closed "after some bytes"
expect_between "milliseconds with some bytes" 3000 20000 $(($(milliseconds) - started))
end_service TERM "$pid"
expect "timed out" 1 "$(statistic "service.$pid" timed_out)"
expect "bytes to the upstream" 12 "$(statistic "service.$pid" bytes_to_upstream)"

step "a reader that has stopped is idle, too"
start_service "$relay" --idle-timeout 0.4 --stats 127.0.0.1:0 "$server_address"
exec 5<>"/dev/tcp/127.0.0.1/$port"
printf 'GET /big.bin HTTP/1.0\r\n\r\n' >&5
eventually has_statistic "$pid" timed_out 1
exec 5>&-
end_service TERM "$pid"

step "when one side has ended the other may be quiet for its own time"
start_upstream ./patient
start_service "$relay" --half-close-timeout 0.4 --stats 127.0.0.1:0 "$upstream_address"
started=$(milliseconds)
expect "the answer" "" "$(echo request | timeout 20 nc -N 127.0.0.1 "$port")"
expect_between "milliseconds after the end" 350 10000 $(($(milliseconds) - started))
expect "the request" request "$(cat upload)"
eventually has_statistic "$pid" timed_out 1
exec 5<>"/dev/tcp/127.0.0.1/$port" # neither has ended
is_silent 5 && is_silent 5 && is_silent 5 || fail "closed, though neither side has ended"
exec 5>&-
eventually has_statistic "$pid" open 0 # this one has ended, and its upstream has not
end_service TERM "$pid"
expect "timed out" 2 "$(statistic "service.$pid" timed_out)"
while read -r line; do
    running+=("$line")
done <pids

step "each byte of an answer starts that time anew"
start_upstream ./slow
start_service "$relay" --half-close-timeout 2 --stats 127.0.0.1:0 "$upstream_address"
expect "the answer" "1 2 3 4 5 6 7 8 " "$(echo request | timeout 20 nc -N 127.0.0.1 "$port" | tr '\n' ' ')"
end_service TERM "$pid"
expect "timed out" 0 "$(statistic "service.$pid" timed_out)"
expect "complete" 1 "$(statistic "service.$pid" complete)"

step "bytes a second"
start_service "$relay" --rate 1M --stats 127.0.0.1:0 "$server_address"
started=$(milliseconds)
timeout 60 curl -sS "http://$address/two.bin" | cmp - root/two.bin
expect_between "milliseconds for 2 MiB" 900 10000 $(($(milliseconds) - started))
started=$(milliseconds)
clients=()
for i in 1 2 3; do # each by itself
    timeout 60 curl -sS -o "got.$i" "http://$address/two.bin" &
    clients+=($!)
done
for i in 1 2 3; do
    wait "${clients[i - 1]}"
    cmp "got.$i" root/two.bin
done
expect_between "milliseconds for three at once" 900 5000 $(($(milliseconds) - started))
end_service TERM "$pid"
expect "complete" 4 "$(statistic "service.$pid" complete)"

step "a slow connection is not an idle one"
start_service "$relay" --rate 1M --idle-timeout 1.2 --stats 127.0.0.1:0 "$server_address"
timeout 60 curl -sS "http://$address/two.bin" | cmp - root/two.bin
end_service TERM "$pid"
expect "timed out" 0 "$(statistic "service.$pid" timed_out)"

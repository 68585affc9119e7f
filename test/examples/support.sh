# Distributed under the Boost Software License, Version 1.0.
#
# What the tests of the example programs share; sourced. Every wait has a bound, and what a test starts ends with it.
set -euo pipefail

work=$(mktemp -d)
running=()

clean_up() {
    local status=$? pid
    trap - EXIT
    for pid in ${running[@]+"${running[@]}"}; do
        kill -KILL "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    rm -rf "$work"
    exit "$status"
}
trap clean_up EXIT

# Skips the test if a client program is missing; the clients are no part of this project.
need_clients() {
    local client
    for client in "$@"; do
        command -v "$client" >/dev/null || { echo "skipped: there is no $client"; exit 77; }
    done
}

step() { echo "-- $*"; }

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

expect() { # WHAT EXPECTED ACTUAL
    [[ $2 == "$3" ]] || fail "$1: expected '$2', got '$3'"
}

# Runs a command and compares its exit status; its output goes to $work/stdout and $work/stderr.
expect_status() { # STATUS COMMAND...
    local expected=$1 status=0
    shift
    timeout 60 "$@" >"$work/stdout" 2>"$work/stderr" || status=$?
    [[ $status == "$expected" ]] || fail "$*: exit status $status instead of $expected: $(cat "$work/stderr")"
}

# Wrong command lines end with the usage line and 2.
expect_usage() { # COMMAND...
    expect_status 2 "$@"
    grep -q '^usage: ' "$work/stderr" || fail "$*: no usage line"
}

last_words() { tail -n 1 "$work"/service.* 2>/dev/null || true; }

# A command that must come true, asked again and again for 20 seconds.
eventually() {
    local deadline=$((SECONDS + 20))
    until "$@"; do
        ((SECONDS < deadline)) || fail "never came true: $*; said last: $(last_words)"
        read -r -t 0.02 <>"$work/never" || true
    done
}
mkfifo "$work/never"

# Starts a service; sets `pid`, `address` and, if it has one, `port`. Its stderr goes to $work/service.PID.
start_service() { # COMMAND...
    local line out=$work/listening
    rm -f "$out"
    mkfifo "$out"
    "$@" >"$out" 2>"$work/service.err" &
    pid=$!
    running+=("$pid")
    read -r -t 20 line <"$out" || fail "$* says nothing: $(cat "$work/service.err")"
    [[ $line == "listening on "* ]] || fail "the first line is: $line"
    mv "$work/service.err" "$work/service.$pid"
    address=${line#listening on }
    port=
    [[ $address == unix:* ]] && return
    port=${address##*:}
    [[ $port -gt 0 ]] || fail "no port in $address"
}

is_gone() { ! kill -0 "$1" 2>/dev/null; }

# A signal must end a service with 0, and leave nobody listening.
end_service() { # SIGNAL PID
    kill -"$1" "$2"
    expect_end "$2" "after SIG$1"
}

# A service must end by itself, with 0.
expect_end() { # PID WHEN
    local status=0
    eventually is_gone "$1"
    wait "$1" || status=$?
    expect "exit status $2" 0 "$status"
}

refuses() { # PORT
    ! (exec 9<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# Nothing arrives, for as long as that may be waited for.
is_silent() { # DESCRIPTOR
    local byte status=0
    read -r -N 1 -t 0.3 -u "$1" byte || status=$?
    ((status > 128))
}

descriptors() { ls "/proc/$1/fd" | wc -l; }

has_descriptors() { # PID COUNT
    [[ $(descriptors "$1") == "$2" ]]
}

# Without the pipes that the library keeps for the next who needs one.
sockets() { find "/proc/$1/fd" -lname 'socket:*' | wc -l; }

has_sockets() { # PID COUNT
    [[ $(sockets "$1") == "$2" ]]
}

# The limit that leaves a process like this one so many descriptors: they are given out from the lowest number.
limit_that_leaves() { # PID COUNT
    local limit=0 left=0
    while ((left < $2)); do
        [[ -e /proc/$1/fd/$limit ]] || ((++left))
        ((++limit))
    done
    echo "$limit"
}

# The value of a key in a statistics line.
statistic() { # FILE KEY
    tr ' ' '\n' <"$1" | sed -n "s/^$2=//p" | tail -n 1
}

# The same of a relay as it is now; it answers SIGUSR1 with a line.
statistic_now() { # PID KEY
    local before
    before=$(statistics_lines "$1")
    kill -USR1 "$1"
    eventually has_more_statistics_lines "$1" "$before"
    statistic "$work/service.$1" "$2"
}
statistics_lines() { grep -c '^connections=' "$work/service.$1" || true; }
has_more_statistics_lines() { (($(statistics_lines "$1") > $2)); }

has_statistic() { # PID KEY VALUE
    [[ $(statistic_now "$1" "$2") == "$3" ]]
}

random_file() { head -c "$2" /dev/urandom >"$1"; }

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

# A command that must come true, asked again and again for 20 seconds.
eventually() {
    local deadline=$((SECONDS + 20))
    until "$@"; do
        ((SECONDS < deadline)) || fail "never came true: $*"
        read -r -t 0.02 <>"$work/never" || true
    done
}
mkfifo "$work/never"

# Starts a service; sets `pid`, `address` and `port`. Its stderr goes to $work/service.PID.
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
    port=${address##*:}
    [[ $port -gt 0 ]] || fail "no port in $address"
}

is_gone() { ! kill -0 "$1" 2>/dev/null; }

# A signal must end a service with 0, and leave nobody listening.
end_service() { # SIGNAL PID
    local status=0
    kill -"$1" "$2"
    eventually is_gone "$2"
    wait "$2" || status=$?
    expect "exit status after SIG$1" 0 "$status"
}

descriptors() { ls "/proc/$1/fd" | wc -l; }

has_descriptors() { # PID COUNT
    [[ $(descriptors "$1") == "$2" ]]
}

# The value of a key in a statistics line.
statistic() { # FILE KEY
    tr ' ' '\n' <"$1" | sed -n "s/^$2=//p" | tail -n 1
}

random_file() { head -c "$2" /dev/urandom >"$1"; }

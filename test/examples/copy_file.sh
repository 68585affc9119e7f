#!/bin/bash
# Distributed under the Boost Software License, Version 1.0.
# copy_file.sh COPY_FILE [OPTION...]
. "$(dirname "$0")/support.sh"
program=$1
copy=("$@")
cd "$work"

step "files of all sizes"
for size in 0 1 4095 65536 65537 1000003 64M; do
    random_file source "$size"
    rm -f sink
    expect_status 0 "${copy[@]}" source sink
    cmp source sink || fail "size $size"
done

step "a longer sink is emptied first, a sparse source keeps its content"
random_file sink 100000
random_file source 10
expect_status 0 "${copy[@]}" source sink
cmp source sink
truncate -s 3M source
expect_status 0 "${copy[@]}" source sink
cmp source sink

step "standard input and output: pipes, files, and a file that is appended to"
random_file source 5000001
timeout 60 cat source | timeout 60 "${copy[@]}" - - | cmp - source
timeout 60 "${copy[@]}" - sink <source
cmp sink source
timeout 60 "${copy[@]}" source - >sink
cmp sink source
random_file start 1000
cp start sink
timeout 60 "${copy[@]}" source - >>sink
cat start source | cmp - sink
timeout 60 "${copy[@]}" - - </dev/null >sink
expect "a copy of nothing" 0 "$(stat -c %s sink)"

step "a FIFO by its name"
mkfifo fifo
timeout 60 cat source >fifo &
running+=($!)
expect_status 0 "${copy[@]}" fifo sink
cmp sink source
timeout 60 cat fifo >sink &
running+=($!)
expect_status 0 "${copy[@]}" source fifo
wait "${running[-1]}"
cmp sink source

step "procfs, whose files claim to be empty"
expect_status 0 "${copy[@]}" /proc/version sink
cmp /proc/version sink

step "a file onto itself, by its name, a hard link and a symbolic link"
cp source kept
ln source hard
ln -s source soft
for name in source ./source hard soft; do
    expect_status 1 "${copy[@]}" source "$name"
    grep -q 'source file itself' "$work/stderr" || fail "no reason given"
    cmp source kept || fail "the file was damaged"
done
status=0
timeout 60 "${copy[@]}" source - >>source 2>/dev/null || status=$?
expect "status of appending a file to itself" 1 "$status"
cmp source kept

step "errors"
expect_status 1 "${copy[@]}" missing sink
grep -q '^copy_file: missing: No such file' stderr || fail "no name in: $(cat stderr)"
expect_status 1 "${copy[@]}" source missing/sink
expect_status 1 "${copy[@]}" . sink
expect_status 1 "${copy[@]}" source .
expect_status 1 "${copy[@]}" source /dev/full
grep -q 'No space left on device after 0 bytes' stderr || fail "no count in: $(cat stderr)"
random_file source 64M
status=0
timeout 60 "${copy[@]}" source - 2>stderr | head -c 100000 >/dev/null || status=${PIPESTATUS[0]}
expect "status when the reader leaves" 1 "$status"
grep -q 'Broken pipe after [0-9]* bytes' stderr || fail "no count in: $(cat stderr)"

step "O_NONBLOCK of the standard streams is what it was"
is_plain() { [[ " ${copy[*]} " == *" --plain "* ]]; }
is_blocking() { # DESCRIPTOR of this shell
    local flags
    flags=$(sed -n 's/^flags:[[:space:]]*//p' "/proc/$$/fdinfo/$1")
    (((8#$flags & 8#4000) == 0))
}
stays_blocking() { is_plain && ldd "$program" | grep -q liburing; } # by io_uring Asio's own reads may wait
is_waiting() { [[ $(cut -d ' ' -f 3 "/proc/$1/stat") == S ]] && { ! is_blocking 3 || stays_blocking; }; }
mkfifo in out
exec 3<>in 4<>out
is_blocking 3 && is_blocking 4 || fail "the pipes are not as expected"
for signal in none INT TERM HUP; do
    (exec "${copy[@]}" - - <&3 >&4 2>stderr) &
    copying=$!
    running+=("$copying")
    echo "some bytes" >&3
    read -r -t 20 line <&4
    expect "what came through" "some bytes" "$line"
    eventually is_waiting "$copying" # or else this would not test much
    if [[ $signal == none ]]; then
        kill -KILL "$copying" # which nobody can do anything about: shows that the check below would notice
        wait "$copying" 2>/dev/null || true
        ! is_blocking 3 || stays_blocking || fail "the check of O_NONBLOCK sees nothing"
        exec 3<>in 4<>out # the same pipes, opened anew
        continue
    fi
    status=0
    kill -"$signal" "$copying"
    eventually is_gone "$copying"
    wait "$copying" || status=$?
    expect "status after SIG$signal" 1 "$status"
    grep -q 'interrupted after 11 bytes' stderr || fail "no count in: $(cat stderr)"
    is_blocking 3 && is_blocking 4 || fail "O_NONBLOCK was left behind after SIG$signal"
done
echo x | (timeout 60 "${copy[@]}" - - >&4)
is_blocking 4 || fail "O_NONBLOCK was left behind after success"

step "statistics"
random_file source 1000003
expect_status 0 "${copy[@]}" --stats source sink
expect "bytes" 1000003 "$(statistic stderr bytes)"
if is_plain; then
    expect "bytes of the plain loop" 1000003 "$(statistic stderr plain_bytes)"
else
    expect "bytes of the plain loop" 0 "$(statistic stderr plain_bytes)"
fi

step "usage"
expect_usage "$program"
expect_usage "$program" one
expect_usage "$program" one two three
expect_usage "$program" --no-such-option one two
expect_status 0 "$program" --help

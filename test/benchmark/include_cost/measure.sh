#!/bin/bash
# Distributed under the Boost Software License, Version 1.0.
#
# What a unit with a coroutine that calls async_kernel_copy costs to compile, beside one with a loop of reads and writes:
# CPU time, by turns, and the size of the object, which may be a quarter more at most.
#   test/benchmark/include_cost/measure.sh ROUNDS COMPILER FLAG...
set -euo pipefail

(($# >= 2)) || { sed -n '3,6s/^# //p' "$0" >&2 && exit 2; }
rounds=$1
shift
sources=$(dirname "$0")
objects=$(mktemp -d)
trap 'rm -rf "$objects"' EXIT

TIMEFORMAT='%U %S'

# Gives milliseconds.
compile() {
    local unit=$1 user system
    shift
    { time "$@" -c "$sources/$unit.cpp" -o "$objects/$unit.o" 2>"$objects/said"; } 2>"$objects/time" ||
        { cat "$objects/said" >&2 && exit 1; }
    read -r user system <"$objects/time"
    echo $((10#${user/./} + 10#${system/./}))
}

median() {
    sort -n | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'
}

for ((i = 0; i != rounds; ++i)); do
    by_hand=$(compile by_hand "$@")
    by_kernel_copy=$(compile by_kernel_copy "$@")
    echo "$by_hand" >>"$objects/by_hand"
    echo "$by_kernel_copy" >>"$objects/by_kernel_copy"
    echo $((100 * by_kernel_copy / by_hand)) >>"$objects/ratios"
done

bytes_by_hand=$(stat -c %s "$objects/by_hand.o")
bytes_by_kernel_copy=$(stat -c %s "$objects/by_kernel_copy.o")
percent=$((100 * bytes_by_kernel_copy / bytes_by_hand))
echo "CPU time by hand $(median <"$objects/by_hand") ms, by kernel_copy $(median <"$objects/by_kernel_copy") ms:" \
    "$(median <"$objects/ratios") % (median of $rounds)"
echo "object by hand $bytes_by_hand bytes, by kernel_copy $bytes_by_kernel_copy: $percent %"
((percent <= 125))

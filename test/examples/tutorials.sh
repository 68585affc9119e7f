#!/bin/bash
# Distributed under the Boost Software License, Version 1.0.
# tutorials.sh PROGRAM...
. "$(dirname "$0")/support.sh"

random_file "$work/source" 1000003
for program in "$@"; do
    step "$(basename "$program")"
    expect_status 0 "$program" "$work/source" "$work/sink"
    grep -q '^1000003 bytes' "$work/stdout" || fail "it says: $(cat "$work/stdout")"
    cmp "$work/source" "$work/sink"
    expect_status 1 "$program" "$work/source" "$work/sink" # which exists now
    expect_status 1 "$program" "$work/missing" "$work/other"
    expect_usage "$program"
    rm -f "$work/sink"
done

#!/bin/bash
# Distributed under the Boost Software License, Version 1.0.
# installed.sh COMPILER VERSION BINARY_DIR: the static library of a build, installed and moved elsewhere.
. "$(dirname "$0")/support.sh"

cmake --install "$1" --prefix "$work/first" >"$work/log" || fail "$(cat "$work/log")"
mv "$work/first" "$work/prefix"
grep -rl -e "$work/first" -e "$1" -e "$source_dir" "$work/prefix" --include='*.cmake' --include='*.pc' &&
    fail "these know where they were made"

# Its headers are read as the program's own, with all its warnings.
consume find_package find_package -DCMAKE_PREFIX_PATH="$work/prefix" -DCMAKE_NO_SYSTEM_FROM_IMPORTED=ON

need_clients pkg-config
PKG_CONFIG_PATH=$(dirname "$(find "$work/prefix" -name kernel_copy.pc)")
export PKG_CONFIG_PATH
consume pkg_config pkg_config

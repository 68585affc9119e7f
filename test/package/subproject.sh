#!/bin/bash
# Distributed under the Boost Software License, Version 1.0.
# subproject.sh COMPILER VERSION: the library as a part of another project.
. "$(dirname "$0")/support.sh"

at_once=(-DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=0)

consume add_subdirectory add_subdirectory -DSOURCE="$source_dir" "${at_once[@]}"
cmake --install "$work/add_subdirectory" --prefix "$work/prefix" >"$work/log" || fail "$(cat "$work/log")"
expect "what is installed" bin/consumer "$(cd "$work/prefix" && find . -type f -printf '%P\n')"

need_clients git
repository=$work/repository
mkdir "$repository"
tar -C "$source_dir" --exclude=./build --exclude='./.*' -c . | tar -C "$repository" -x
git -C "$repository" init -q -b main
git -C "$repository" add .
git -C "$repository" -c user.name=test -c user.email=test@localhost commit -q -m "As it is"
consume fetch_content fetch_content -DREPOSITORY="file://$repository" -DBUILD_SHARED_LIBS=ON "${at_once[@]}"

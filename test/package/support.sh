# Distributed under the Boost Software License, Version 1.0.
#
# What the tests of packages share; sourced. They are given the compiler and the version that is to be found.
. "$(dirname "$0")/../examples/support.sh"

source_dir=$(realpath "$(dirname "$0")/../..")
compiler=$1
version=$2
shift 2

configure() { # BINARY_DIR ARGUMENT...: of a build
    cmake -G Ninja -DCMAKE_CXX_COMPILER="$compiler" -B "$@" >"$work/log" 2>&1 || fail "cmake -B $*: $(cat "$work/log")"
}

build() { # BINARY_DIR ARGUMENT...
    cmake --build "$@" >"$work/log" 2>&1 || fail "cmake --build $*: $(cat "$work/log")"
}

# Configures, builds and runs the consumer in a directory of its own.
consume() { # NAME CONSUME ARGUMENT...
    local name=$1 how=$2
    step "$name"
    shift 2
    configure "$work/$name" -S "$source_dir/test/package/consumer" \
        -DCONSUME="$how" -DEXPECTED_VERSION="$version" "$@"
    build "$work/$name"
    runs "$work/$name/consumer"
}

runs() { # PROGRAM
    expect_status 0 env TMPDIR="$work" "$1"
    expect "what $1 says" "copied, kernel_copy $version" "$(cat "$work/stdout")"
}

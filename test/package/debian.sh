#!/bin/bash
# Distributed under the Boost Software License, Version 1.0.
# debian.sh COMPILER VERSION OBJECT...: Debian packages of the shared library, unpacked elsewhere. It must export what
# these objects of programs need, and nothing but its own.
. "$(dirname "$0")/support.sh"
need_clients dpkg-deb dpkg-shlibdeps pkg-config

step "packages"
# At once and not optimised: it is to be quick.
configure "$work/build" -S "$source_dir" --preset debian -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=0 \
    -DCMAKE_CXX_FLAGS_RELEASE=-O0
build "$work/build" -t package
packages=("$work"/build/*.deb)
expect "packages" 2 "${#packages[@]}"
runtime=$(echo "$work"/build/libkernel-copy[0-9]*.deb)
development=$(echo "$work"/build/libkernel-copy-dev*.deb)

[[ $(dpkg-deb -f "$runtime" Depends) == *libstdc++6* ]] || fail "nothing says what the library depends on"
[[ $(dpkg-deb -f "$development" Depends) == *"$(dpkg-deb -f "$runtime" Package) (= $version)"* ]] ||
    fail "nothing says that there is no development without the library"
dpkg-deb --ctrl-tarfile "$runtime" | tar -t | grep '^./shlibs$' >/dev/null || fail "nothing says how to depend on it"
dpkg-deb -c "$runtime" | awk '$1 !~ /^d/ { print $6 }' | grep -v -e '/usr/lib/.*\.so\.[0-9.]*$' -e '/copyright$' &&
    fail "these are not needed to run programs"

root=$work/root
dpkg-deb -x "$runtime" "$root"
dpkg-deb -x "$development" "$root"
lib=$(dirname "$(find "$root" -name 'libkernel_copy.so')")

step "what is exported"
abi=${version%%.*}
soname=libkernel_copy.so.$abi
objdump -p "$lib/libkernel_copy.so" | grep "SONAME *$soname$" >/dev/null || fail "the name of the library is not $soname"
nm -D --defined-only -C "$lib/libkernel_copy.so" | cut -c20- | grep -v '^KERNEL_COPY_[0-9]*$' >"$work/exported"
grep -v -E "(^|(typeinfo|typeinfo name|vtable) for )kernel_copy::v$abi::.*@@KERNEL_COPY_$abi$" "$work/exported" &&
    fail "these are exported"
# The objects have been compiled for the static library, which alone has what works on Asio's own inner objects.
nm -C -u "$@" | sed -n 's/^ *U \(kernel_copy::.*\)/\1/p' | grep -v -e '^kernel_copy::example::' -e '::detail::as_built::' |
    sort -u >"$work/needed"
[[ -s $work/needed ]] || fail "the programs need nothing"
sed 's/@@.*//' "$work/exported" | sort -u | comm -13 - "$work/needed" | grep . && fail "these are not exported"

consume find_package find_package -DCMAKE_PREFIX_PATH="$root/usr"
objdump -p "$work/find_package/consumer" | grep "KERNEL_COPY_$abi$" >/dev/null || fail "no symbol has a version"
PKG_CONFIG_PATH=$lib/pkgconfig consume pkg_config pkg_config

#!/bin/bash
# Distributed under the Boost Software License, Version 1.0.
# recipes.sh COMPILER VERSION: the recipes for vcpkg and Conan, as far as can be seen without these.
. "$(dirname "$0")/support.sh"

step "vcpkg"
port=$source_dir/cmake/vcpkg/ports/kernel-copy
cmake -DPORT_DIRECTORY="$port" -DVERSION="$version" -DWORK="$work" -P "$(dirname "$0")/vcpkg_stubs.cmake" ||
    fail "the port for vcpkg"

need_clients python3
step "Conan"
for recipe in conanfile.py test_package/conanfile.py; do
    python3 - "$source_dir/cmake/conan/$recipe" <<'END' || fail "$recipe"
import ast, sys
tree = ast.parse(open(sys.argv[1]).read())
classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
assert len(classes) == 1 and classes[0].bases[0].id == "ConanFile"
END
done

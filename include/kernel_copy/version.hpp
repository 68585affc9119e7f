// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_VERSION_HPP
#define KERNEL_COPY_VERSION_HPP

/// major * 10000 + minor * 100 + patch; CMakeLists.txt reads the version from here. The major number is that of the ABI
/// as well: of the inline namespace, of the symbols in src/kernel_copy.map, and in the name of the shared library.
#define KERNEL_COPY_VERSION 100
#define KERNEL_COPY_VERSION_STRING "0.1.0"

#endif

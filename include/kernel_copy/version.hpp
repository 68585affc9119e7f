// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_VERSION_HPP
#define KERNEL_COPY_VERSION_HPP

/// major * 10000 + minor * 100 + patch; CMakeLists.txt reads the version from here.
#define KERNEL_COPY_VERSION 100
#define KERNEL_COPY_VERSION_STRING "0.1.0"

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_STRESS_MEMORY_HPP
#define KERNEL_COPY_TEST_STRESS_MEMORY_HPP

#include <kernel_copy/residue.hpp>

#include <string>

namespace soak {

/// What goes before a source: bytes in memory from the start, or what an operation took and did not deliver.
struct memory_in_front
{
    std::string header{};
    kernel_copy::residue rest{};
};

} // namespace soak

#endif

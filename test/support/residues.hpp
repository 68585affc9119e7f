// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_RESIDUES_HPP
#define KERNEL_COPY_TEST_SUPPORT_RESIDUES_HPP

#include <kernel_copy/residue.hpp>

#include <string>

namespace test {

inline std::string text_of(const kernel_copy::residue& rest)
{
    return {static_cast<const char*>(rest.data().data()), rest.size()};
}

} // namespace test

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_COUNTED_NEW_HPP
#define KERNEL_COPY_TEST_SUPPORT_COUNTED_NEW_HPP

#include <cstddef>

namespace test {

/// Calls of the global operator new so far, in a program that counted_new.cpp is part of.
[[nodiscard]] std::size_t calls_of_new() noexcept;

} // namespace test

#endif

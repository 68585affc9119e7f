// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_COUNTED_NEW_HPP
#define KERNEL_COPY_TEST_SUPPORT_COUNTED_NEW_HPP

#include <cstddef>

namespace test {

/// Calls of the global operator new so far, in a program that counted_new.cpp is part of.
[[nodiscard]] std::size_t calls_of_new() noexcept;
/// The same of aligned_alloc, by which Asio makes room for handlers.
[[nodiscard]] std::size_t calls_of_aligned_alloc() noexcept;
/// Blocks of memory that it has given and that have not been deleted.
[[nodiscard]] std::size_t blocks_in_use() noexcept;
/// What these hold, as malloc counts it.
[[nodiscard]] std::size_t bytes_in_use() noexcept;

} // namespace test

#endif

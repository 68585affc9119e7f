// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_CONTENT_HPP
#define KERNEL_COPY_TEST_SUPPORT_CONTENT_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace test {

/// The byte at a position: neighbours differ, and no power of two is a period, so that a loss, a doubling or
/// a swap shows.
inline char byte_at(std::uint64_t position)
{
    std::uint64_t mixed = (position >> 3) * 0x9E3779B97F4A7C15u;
    mixed ^= mixed >> 29;
    return static_cast<char>((mixed >> ((position & 7) * 8)) + position);
}

inline std::string content(std::size_t size, std::uint64_t from = 0)
{
    std::string bytes(size, '\0');
    std::uint64_t position = from;
    for (char *to = bytes.data(), *const end = to + size; to != end; ++to) // plain: it is called with millions
        *to = byte_at(position++);
    return bytes;
}

/// The first position at which two strings differ; npos if they are equal. Whole contents are too long to print.
inline std::size_t first_difference(std::string_view a, std::string_view b)
{
    if (a == b)
        return std::string_view::npos;
    std::size_t i = 0;
    while (i < a.size() && i < b.size() && a[i] == b[i])
        ++i;
    return i;
}

} // namespace test

/// Compares contents, which are too long to print.
#define CHECK_SAME_BYTES(got, expected)                                                                                \
    do                                                                                                                 \
    {                                                                                                                  \
        const std::string got_bytes = (got);                                                                           \
        const std::string expected_bytes = (expected);                                                                 \
        BOOST_TEST(got_bytes.size() == expected_bytes.size());                                                         \
        BOOST_TEST(::test::first_difference(got_bytes, expected_bytes) == std::string::npos);                          \
    } while (false)

#endif

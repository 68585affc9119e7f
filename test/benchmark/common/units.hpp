// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_UNITS_HPP
#define KERNEL_COPY_TEST_BENCHMARK_UNITS_HPP

#include <cstdint>
#include <string>

namespace benchmark {

inline constexpr std::uint64_t kib = 1024;
inline constexpr std::uint64_t mib = 1024 * kib;
inline constexpr std::uint64_t gib = 1024 * mib;

/// "64K", "2M"
std::string in_units(std::uint64_t bytes);
std::uint64_t from_units(const std::string& text);

} // namespace benchmark

#endif

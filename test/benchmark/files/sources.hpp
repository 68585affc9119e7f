// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_FILES_SOURCES_HPP
#define KERNEL_COPY_TEST_BENCHMARK_FILES_SOURCES_HPP

#include <cstdint>
#include <filesystem>

namespace benchmark::files {

/// Makes a file, which is warm, and written to the disk, so that nobody does it while others are measured.
void make_file(const std::filesystem::path& name, std::uint64_t bytes);

/// How sparse files are made: so much data at the beginning of each part.
inline constexpr std::uint64_t sparse_part = 16 * 1024 * 1024;
inline constexpr std::uint64_t sparse_data = 64 * 1024;
void make_sparse_file(const std::filesystem::path& name, std::uint64_t bytes);

/// Throws unless the files have the same size and, at many places, the same content.
void compare_files(const std::filesystem::path& one, const std::filesystem::path& other);

/// What a file takes of the disk.
std::uint64_t allocated_bytes(const std::filesystem::path& name);

} // namespace benchmark::files

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_FILES_COLD_HPP
#define KERNEL_COPY_TEST_BENCHMARK_FILES_COLD_HPP

#include "disks.hpp"
#include "scenario.hpp"

#include <filesystem>

namespace benchmark::files {

/// How long warm answers take while the same server sends cold files from a slow disk, and how fast those come.
/// @return false if a server has failed
bool compare_with_cold_files(const settings& with, const std::filesystem::path& directory);

} // namespace benchmark::files

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_FILES_SERVING_HPP
#define KERNEL_COPY_TEST_BENCHMARK_FILES_SERVING_HPP

#include "scenario.hpp"

#include <string>

namespace benchmark::files {

/// The built-in servers that take part, and that the settings ask for.
std::vector<built_in> servers(parts of, const settings& with);

/// Measures the servers of warm ranges and prints a table of each variant of the scenario.
/// @param file at least as long as each range
/// @return false if a server has failed
bool compare_servers(std::string_view name, const settings& with, const std::string& file);

} // namespace benchmark::files

#endif

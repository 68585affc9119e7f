// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_FILES_COPYING_HPP
#define KERNEL_COPY_TEST_BENCHMARK_FILES_COPYING_HPP

#include "scenario.hpp"

#include <filesystem>
#include <string>

namespace benchmark::files {

/// Copies a file to a new one beside it, in processes of their own, by this library, bare C and cp, once each a round.
/// @param what ends the name of the table
/// @param cp what cp is told, in several ways
/// @return false if a copier has failed
bool compare_copiers(const std::string& what, const settings& with, const std::filesystem::path& source,
                     const std::vector<std::string>& cp);

} // namespace benchmark::files

#endif

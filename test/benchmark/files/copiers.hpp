// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_FILES_COPIERS_HPP
#define KERNEL_COPY_TEST_BENCHMARK_FILES_COPIERS_HPP

#include <functional>
#include <string>
#include <vector>

namespace benchmark::files {

/// A way to copy a file that is part of this program.
struct built_in_copier
{
    std::string name;
    std::function<void(const std::string& from, const std::string& to)> copy;
};

std::vector<built_in_copier> built_in_copiers();

} // namespace benchmark::files

#endif

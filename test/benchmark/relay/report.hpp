// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_RELAY_REPORT_HPP
#define KERNEL_COPY_TEST_BENCHMARK_RELAY_REPORT_HPP

#include "comparison.hpp"
#include "measurement.hpp"

#include <string>
#include <vector>

namespace benchmark::relay {

using relay_series = series<contender, sample>;

/// @param missing a line for each who would have been measured, too
void print_table(const scenario& what, const std::vector<relay_series>& all, const std::vector<std::string>& missing);

} // namespace benchmark::relay

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_STATISTICS_HPP
#define KERNEL_COPY_TEST_BENCHMARK_STATISTICS_HPP

#include <vector>

namespace benchmark {

/// Of at least one value.
double median(std::vector<double> values);

} // namespace benchmark

#endif

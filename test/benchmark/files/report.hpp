// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_FILES_REPORT_HPP
#define KERNEL_COPY_TEST_BENCHMARK_FILES_REPORT_HPP

#include "measurement.hpp"

#include <utility>
#include <vector>

namespace benchmark::files {

using serving_column = column<serving>;

/// Prints columns, and how the contenders compare by a cost, for which less is better.
void print_comparison(const std::vector<serving>& all, std::vector<serving_column> columns,
                      const figure<serving>& cost);

void print_table(const scenario& what, const std::vector<serving>& all);

/// One line for each size of answers, by the first of the contenders and then the others compared with it.
void print_sweep(const std::vector<std::pair<scenario, std::vector<serving>>>& all);

} // namespace benchmark::files

#endif

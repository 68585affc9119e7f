// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_RELAY_RUN_ROUNDS_HPP
#define KERNEL_COPY_TEST_BENCHMARK_RELAY_RUN_ROUNDS_HPP

#include "contender.hpp"
#include "scenario.hpp"

#include <string>
#include <vector>

namespace benchmark::relay {

/// Measures everybody once a round, in an order that rotates, and prints the table. Who fails is left out, and
/// says why on stderr.
/// @param missing a line for each who would have been measured, too
/// @return false if a relay of this program has failed; peers may.
bool run_rounds(const scenario& what, const settings& with, const std::vector<contender>& who,
                std::vector<std::string> missing);

} // namespace benchmark::relay

#endif

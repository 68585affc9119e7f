// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_STRESS_ROUND_HPP
#define KERNEL_COPY_TEST_STRESS_ROUND_HPP

#include "site.hpp"

#include <chrono>

namespace soak {

/// Makes contexts and threads, runs transfers on them for so long, waits for all of them, and destroys the contexts.
/// Some contexts are destroyed while transfers are under way.
void run_round(site& s, std::uint64_t seed, std::chrono::milliseconds time);

} // namespace soak

#endif

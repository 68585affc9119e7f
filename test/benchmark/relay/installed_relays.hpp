// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_RELAY_INSTALLED_RELAYS_HPP
#define KERNEL_COPY_TEST_BENCHMARK_RELAY_INSTALLED_RELAYS_HPP

#include "contender.hpp"
#include "temporary_directory.hpp"

#include <string>
#include <vector>

namespace benchmark::relay {

/// HAProxy and nginx, where they are in PATH, each as a relay on one thread.
/// @param files where their configurations are written; must outlive the contenders.
/// @param absent gets a line for each that is not installed.
std::vector<contender> installed_relays(const temporary_directory& files, std::vector<std::string>& absent);

} // namespace benchmark::relay

#endif

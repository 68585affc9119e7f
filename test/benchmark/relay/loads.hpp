// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_RELAY_LOADS_HPP
#define KERNEL_COPY_TEST_BENCHMARK_RELAY_LOADS_HPP

#include <cstdint>
#include <vector>

namespace benchmark::relay {

/// Writes so many bytes to each connection, `message` at a time, and waits for the answers of 8 bytes.
void stream(const std::vector<int>& connections, std::uint64_t bytes_each, std::uint64_t message);

/// A closed loop on each connection. Gives the seconds that each round trip took.
std::vector<double> ping_pong(const std::vector<int>& connections, std::uint64_t message, std::uint64_t round_trips);

/// One connection after the other, `at_once` at a time: `message` bytes there, as many back, the end.
void short_connections(std::uint16_t port, std::uint64_t message, std::uint64_t amount, unsigned at_once);

} // namespace benchmark::relay

#endif

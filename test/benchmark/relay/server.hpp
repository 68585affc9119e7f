// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_RELAY_SERVER_HPP
#define KERNEL_COPY_TEST_BENCHMARK_RELAY_SERVER_HPP

#include <cstdint>

namespace benchmark::relay {

/// What relays pass on to: does what requests say until the stop descriptor becomes readable. Gives the bytes
/// that it received. Throws if a connection ends within a request, or carries more than was asked for.
std::uint64_t serve_requests(int listener, int stop);

} // namespace benchmark::relay

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_RELAY_CLIENT_HPP
#define KERNEL_COPY_TEST_BENCHMARK_RELAY_CLIENT_HPP

#include "process.hpp"
#include "scenario.hpp"

#include <cstdint>

namespace benchmark::relay {

/// The process that loads a relay: opens all connections and says that it is ready; at `go` runs the load, says
/// again that it is ready, and reports; holds its connections until it hears `go` again. Throws if a byte is missing.
int run_client(const scenario& what, std::uint16_t relay_port, int control);

struct warm_up_result
{
    std::uint64_t bytes_sent;
    bool keeps_half_open; ///< the server could still answer after the client had ended its half
};

/// Waits until the relay takes connections, and serves one of them to its end.
warm_up_result warm_up(std::uint16_t relay_port, const process& relay);

} // namespace benchmark::relay

#endif

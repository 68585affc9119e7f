// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_EXAMPLE_SETTINGS_HPP
#define KERNEL_COPY_EXAMPLE_SETTINGS_HPP

#include "address.hpp"

#include "../common/command_line.hpp"

#include <chrono>
#include <cstdint>

namespace kernel_copy::example {

/// What the command line asks for. A limit of 0 is none.
struct relay_settings
{
    endpoint listen_at;
    upstream to;
    std::size_t threads = 1;
    std::chrono::nanoseconds idle_timeout{0};
    std::chrono::nanoseconds half_close_timeout{0};
    std::chrono::nanoseconds connect_timeout{0};
    std::chrono::nanoseconds drain_timeout{0};
    std::uint64_t bytes_per_second = 0; ///< each direction of a connection
    std::size_t max_connections = 0;
    bool plain = false;
    bool statistics = false;                       ///< at the end
    std::chrono::nanoseconds statistics_period{0}; ///< and as often as this
};

program_description describe_tcp_relay();

/// Throws usage_error; and boost::system::system_error if the name of the upstream can't be looked up.
relay_settings parse_settings(const command_line& line);

} // namespace kernel_copy::example

#endif

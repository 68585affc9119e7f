// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_EXAMPLE_RELAY_CONNECTION_HPP
#define KERNEL_COPY_EXAMPLE_RELAY_CONNECTION_HPP

#include "connection_limit.hpp"
#include "failure_log.hpp"
#include "relay_statistics.hpp"
#include "settings.hpp"
#include "stream_socket.hpp"

#include <kernel_copy/async_kernel_relay.hpp>

#include <boost/asio/awaitable.hpp>

namespace kernel_copy::example {

/// What the connections of one thread have in common.
struct relay_context
{
    relay_context(const relay_settings& s, failure_log& f);

    const relay_settings& settings;
    failure_log& failures;
    relay_statistics counts{};
    relay_options options{};
};

/// One client, from the connection to the upstream to the end of both. `to` is a socket for the first endpoint
/// of the upstream, and not connected yet. The place is given back last. Terminal cancellation resets both sides.
boost::asio::awaitable<void> relay_connection(connection_limit::place place, stream_socket client, stream_socket to,
                                              relay_context& context);

} // namespace kernel_copy::example

#endif

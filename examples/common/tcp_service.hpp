// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_EXAMPLE_TCP_SERVICE_HPP
#define KERNEL_COPY_EXAMPLE_TCP_SERVICE_HPP

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <functional>

namespace kernel_copy::example {

using connection_handler = std::function<boost::asio::awaitable<void>(boost::asio::ip::tcp::socket)>;

/// Listens, says "listening on ADDR:PORT" on stdout, and serves every connection by a coroutine of its own,
/// until SIGINT or SIGTERM arrives. Then closes the acceptor and ends the connections. Gives their number.
std::uint64_t run_tcp_service(boost::asio::io_context& io, const boost::asio::ip::tcp::endpoint& at,
                              const connection_handler& serve);

} // namespace kernel_copy::example

#endif

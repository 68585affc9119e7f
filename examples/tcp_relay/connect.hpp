// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_EXAMPLE_CONNECT_HPP
#define KERNEL_COPY_EXAMPLE_CONNECT_HPP

#include "stream_socket.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <vector>

namespace kernel_copy::example {

/// Connects to the first endpoint that lets it, all within a limit (0: none): timed_out. The socket may be open
/// for the first of them already. The error of the last is given if none does.
boost::asio::awaitable<boost::system::error_code>
connect_to_one(stream_socket& socket, const std::vector<endpoint>& endpoints, std::chrono::nanoseconds limit);

} // namespace kernel_copy::example

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_EXAMPLE_ENDPOINT_HPP
#define KERNEL_COPY_EXAMPLE_ENDPOINT_HPP

#include <boost/asio/ip/tcp.hpp>

#include <string_view>

namespace kernel_copy::example {

/// Reads "127.0.0.1:8080" or "[::1]:8080"; throws usage_error if it is neither.
boost::asio::ip::tcp::endpoint parse_endpoint(std::string_view text);

} // namespace kernel_copy::example

#endif

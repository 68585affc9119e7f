// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_EXAMPLE_ENDPOINT_HPP
#define KERNEL_COPY_EXAMPLE_ENDPOINT_HPP

#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <string_view>

namespace kernel_copy::example {

struct host_and_port
{
    std::string_view host;
    std::uint16_t port;
};

/// Takes "HOST:PORT" apart at its last colon; throws usage_error if there is no port behind one.
host_and_port split_endpoint(std::string_view text);

/// Reads "127.0.0.1:8080" or "[::1]:8080"; throws usage_error if it is neither.
boost::asio::ip::tcp::endpoint parse_endpoint(std::string_view text);

} // namespace kernel_copy::example

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_EXAMPLE_ADDRESS_HPP
#define KERNEL_COPY_EXAMPLE_ADDRESS_HPP

#include "stream_socket.hpp"

#include <string>
#include <vector>

namespace kernel_copy::example {

/// A listening address: "127.0.0.1:8080", "[::1]:8080" or "unix:PATH". Throws usage_error if it is none of them.
endpoint parse_listen_address(const std::string& text);

/// Where connections go: the same, or "NAME:PORT".
struct upstream
{
    std::string text;                  ///< as it was written
    std::vector<endpoint> endpoints{}; ///< to be tried in turn
};

/// Looks a name up. Throws usage_error, and boost::system::system_error if the name leads nowhere.
upstream parse_upstream(const std::string& text);

/// As it is written on the command line.
std::string to_string(const endpoint& e);

} // namespace kernel_copy::example

#endif

// Distributed under the Boost Software License, Version 1.0.
#include "stream_socket.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>

namespace kernel_copy::example {

namespace asio = boost::asio;
using boost::system::error_code;

bool is_tcp(const endpoint& e)
{
    const int family = e.protocol().family();
    return family == AF_INET || family == AF_INET6;
}

std::string path_of(const endpoint& e)
{
    sockaddr_un address = {};
    std::memcpy(&address, e.data(), e.size());
    const std::size_t longest = e.size() - offsetof(sockaddr_un, sun_path);
    return {address.sun_path, ::strnlen(address.sun_path, longest)};
}

bool is_connected(const stream_socket& socket)
{
    error_code error;
    static_cast<void>(socket.remote_endpoint(error));
    return !error;
}

void set_proxy_options(stream_socket& socket, const endpoint& e)
{
    if (!is_tcp(e))
        return;
    // Who has reset the connection meanwhile is found out by the relay.
    error_code ignored;
    socket.set_option(asio::ip::tcp::no_delay{true}, ignored);
    socket.set_option(asio::socket_base::keep_alive{true}, ignored);
}

void close_hard(stream_socket& socket)
{
    error_code ignored;
    socket.set_option(asio::socket_base::linger{true, 0}, ignored);
    socket.close(ignored);
}

} // namespace kernel_copy::example

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_EXAMPLE_STREAM_SOCKET_HPP
#define KERNEL_COPY_EXAMPLE_STREAM_SOCKET_HPP

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include <string>

namespace kernel_copy::example {

// TCP and Unix sockets at each side: Asio's generic protocol is all of them in one type.
using protocol = boost::asio::generic::stream_protocol;
using endpoint = protocol::endpoint;
using stream_socket = protocol::socket;
using acceptor = boost::asio::basic_socket_acceptor<protocol>;

bool is_tcp(const endpoint& e);

/// Of a Unix socket.
std::string path_of(const endpoint& e);

bool is_connected(const stream_socket& socket);

/// What a proxy wants of a TCP connection: no small write that waits for an acknowledgement, and an end for
/// peers that have vanished. Does nothing to other sockets.
void set_proxy_options(stream_socket& socket, const endpoint& e);

/// Resets the connection: a transfer that was cut short must not look like one that has ended. A Unix socket has
/// no way to say that, and is closed.
void close_hard(stream_socket& socket);

} // namespace kernel_copy::example

#endif

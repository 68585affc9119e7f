// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_EXAMPLE_LISTENER_HPP
#define KERNEL_COPY_EXAMPLE_LISTENER_HPP

#include "socket_file.hpp"
#include "stream_socket.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <vector>

namespace kernel_copy::example {

/// One address that several threads listen at.
struct listener
{
    endpoint address;                    ///< with the port that port 0 has become
    std::vector<acceptor> acceptors{};   ///< one an executor, non-blocking
    std::unique_ptr<socket_file> file{}; ///< of a Unix socket
};

/// For TCP each acceptor has a queue of its own, and the kernel spreads the connections over them
/// (SO_REUSEPORT); the acceptors of a Unix socket share its one queue. Throws boost::system::system_error.
listener listen_at(const endpoint& address, const std::vector<boost::asio::any_io_executor>& executors);

} // namespace kernel_copy::example

#endif

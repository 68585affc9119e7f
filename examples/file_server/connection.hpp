// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_EXAMPLE_CONNECTION_HPP
#define KERNEL_COPY_EXAMPLE_CONNECTION_HPP

#include "answer.hpp"

#include "../common/statistics.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <chrono>
#include <cstdint>
#include <functional>

namespace kernel_copy::example {

struct server_settings
{
    document_root root;
    std::chrono::seconds idle_limit;
    bool plain = false;
    statistics counts{};
};

/// One client: its requests one after the other. Copies of none of it: the coroutines refer to it.
class connection
{
public:
    connection(boost::asio::ip::tcp::socket socket, server_settings& settings)
        : socket_{std::move(socket)}, settings_{settings}
    {}
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    /// Until the client leaves, or makes no progress for the idle limit.
    boost::asio::awaitable<void> run();

private:
    boost::asio::awaitable<void> serve();
    boost::asio::awaitable<void> serve_requests();
    boost::asio::awaitable<bool> serve_request();
    boost::asio::awaitable<void> send(answer reply);
    boost::asio::awaitable<void> send_file(answer reply);
    boost::asio::awaitable<void> linger();
    boost::asio::awaitable<void> watch();

    boost::asio::ip::tcp::socket socket_;
    server_settings& settings_;
    boost::beast::flat_buffer buffer_{16 * 1024};
    std::uint64_t requests_ = 0;
    std::function<std::uint64_t()> file_position_{}; ///< of the answer under way
};

} // namespace kernel_copy::example

#endif

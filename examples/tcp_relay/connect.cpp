// Distributed under the Boost Software License, Version 1.0.
#include "connect.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace kernel_copy::example {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using namespace std::chrono_literals;

asio::awaitable<error_code> connect(stream_socket& socket, const endpoint& e)
{
    asio::steady_timer pause{socket.get_executor()};
    for (;;)
    {
        error_code error;
        co_await socket.async_connect(e, asio::redirect_error(asio::use_awaitable, error));
        // While the backlog of a Unix socket is full the kernel says EAGAIN, and there is nothing to wait for;
        // Asio takes the unconnected socket for a connected one.
        if (error || is_tcp(e) || is_connected(socket))
            co_return error;
        pause.expires_after(10ms);
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
        if (error)
            co_return error;
    }
}

asio::awaitable<error_code> connect(stream_socket& socket, const std::vector<endpoint>& endpoints)
{
    error_code error = asio::error::not_found;
    for (const endpoint& e : endpoints)
    {
        error = co_await connect(socket, e);
        if (!error || error == asio::error::operation_aborted)
            break;
        error_code ignored;
        socket.close(ignored); // the next may be of another family
    }
    co_return error;
}

} // namespace

asio::awaitable<error_code> connect_to_one(stream_socket& socket, const std::vector<endpoint>& endpoints,
                                           std::chrono::nanoseconds limit)
{
    using namespace asio::experimental::awaitable_operators;
    if (limit == 0ns)
        co_return co_await connect(socket, endpoints);
    asio::steady_timer timer{socket.get_executor(), limit};
    const auto first = co_await (connect(socket, endpoints) || timer.async_wait(asio::use_awaitable));
    co_return first.index() == 0 ? std::get<0>(first) : error_code{asio::error::timed_out};
}

} // namespace kernel_copy::example

// Distributed under the Boost Software License, Version 1.0.
#include "connection.hpp"

#include "../common/plain_copy.hpp"

#include <kernel_copy/async_kernel_copy.hpp>
#include <kernel_copy/file_range.hpp>
#include <kernel_copy/prefixed.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>

#include <array>
#include <iostream>
#include <utility>

namespace kernel_copy::example {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::use_awaitable;

constexpr std::uint32_t header_limit = 8 * 1024;

} // namespace

asio::awaitable<void> connection::run()
{
    using namespace asio::experimental::awaitable_operators;
    co_await (serve() || watch()); // the first to end cancels the other
}

// Ends without an exception: only an end like that ends the watch as well.
asio::awaitable<void> connection::serve()
{
    try
    {
        co_await serve_requests();
    }
    catch (const boost::system::system_error& e)
    {
        if (e.code() == errc::source_truncated)
            std::cerr << "file_server: a file became shorter while it was sent\n";
    }
}

asio::awaitable<void> connection::serve_requests()
{
    socket_.set_option(asio::ip::tcp::no_delay{true});
    for (bool another = true; another; ++requests_)
        another = co_await serve_request();
    co_await linger();
}

// Says whether another request may follow.
asio::awaitable<bool> connection::serve_request()
{
    http::request_parser<http::empty_body> parser;
    parser.header_limit(header_limit);
    const auto [error, n] = co_await http::async_read_header(socket_, buffer_, parser, asio::as_tuple(use_awaitable));
    if (error)
    {
        if (auto reply = answer_bad_request(error))
            co_await send(std::move(*reply));
        co_return false;
    }
    // A request with a body is answered without reading that, and what follows can't be found then.
    const bool keep_alive = parser.keep_alive() && parser.is_done();
    co_await send(answer_request(parser.get(), settings_.root, keep_alive));
    co_return keep_alive;
}

asio::awaitable<void> connection::send(answer reply)
{
    if (!reply.content)
    {
        co_await asio::async_write(socket_, asio::buffer(reply.head), use_awaitable);
        co_return;
    }
    // The position is asked by a timer, which may run once more after a copy that has thrown.
    const auto forget = [](connection* self) { self->file_position_ = nullptr; };
    const std::unique_ptr<connection, decltype(forget)> position_ends_here{this, forget};
    co_await send_file(std::move(reply));
}

asio::awaitable<void> connection::send_file(answer reply)
{
    if (settings_.plain)
    {
        plain_file body{reply.content->native_handle(), reply.offset, reply.length};
        file_position_ = [&body] { return body.offset(); };
        co_await asio::async_write(socket_, asio::buffer(reply.head), use_awaitable);
        co_await plain_copy(body, socket_, settings_.counts.plain);
        co_return;
    }
    auto body = file_range(*reply.content, reply.offset, reply.length);
    file_position_ = [&body] { return body.offset(); };
    co_await async_kernel_copy(prefixed(asio::dynamic_buffer(reply.head), body), socket_,
                               {.monitor = &settings_.counts.monitor}, use_awaitable);
}

// Closing a socket with unread bytes in it resets the connection, and the client may lose the answer.
asio::awaitable<void> connection::linger()
{
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send);
    std::array<char, 4096> unread;
    for (std::size_t dropped = 0; dropped < 1024 * 1024;)
        dropped += co_await socket_.async_read_some(asio::buffer(unread), use_awaitable);
}

asio::awaitable<void> connection::watch()
{
    const auto progress = [this] { return std::pair{requests_, file_position_ ? file_position_() : 0}; };
    asio::steady_timer timer{socket_.get_executor()};
    auto before = progress();
    for (;;)
    {
        timer.expires_after(settings_.idle_limit);
        co_await timer.async_wait(use_awaitable);
        if (std::exchange(before, progress()) == progress())
            co_return;
    }
}

} // namespace kernel_copy::example

// Distributed under the Boost Software License, Version 1.0.
#include "worker.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>

namespace kernel_copy::example {

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

// Nobody there any more: another thread, or the client itself, was faster.
bool is_nobody(const error_code& error)
{
    return error == asio::error::would_block || error == asio::error::try_again ||
           error == asio::error::connection_aborted;
}

} // namespace

worker::worker(const relay_settings& settings, connection_limit& limit, failure_log& failures)
    : context_{settings, failures}, limit_{limit}
{}

void worker::run()
{
    // Not before the thread runs: Asio throws out of run() if a coroutine is cancelled that has not begun.
    asio::post(io_, [this] { accepting_.spawn(accept_all()); });
    io_.run();
}

void worker::stop_accepting()
{
    asio::post(io_, [this] {
        accepting_.stop();
        error_code ignored;
        acceptor_->close(ignored);
    });
}

void worker::reset_connections()
{
    asio::post(io_, [this] { connections_.stop(); });
}

asio::awaitable<void> worker::accept_all()
{
    constexpr auto least_pause = 10ms;
    auto next_pause = least_pause;
    asio::steady_timer pause{io_};
    for (;;)
    {
        // Clients first, then the place: a thread without clients must not keep one.
        co_await acceptor_->async_wait(acceptor::wait_read, asio::use_awaitable);
        auto place = co_await limit_.take();
        const error_code error = accept(std::move(place));
        if (!error || is_nobody(error))
        {
            next_pause = least_pause;
            continue;
        }
        // Out of descriptors or memory: the client stays in the queue, so that trying again at once would spin.
        context_.failures.report("accept: " + error.message());
        pause.expires_after(next_pause);
        co_await pause.async_wait(asio::use_awaitable);
        next_pause = std::min(next_pause * 2, 1000ms);
    }
}

error_code worker::accept(connection_limit::place place)
{
    // The socket for the upstream first: who could not be served any further is better off in the queue.
    error_code error;
    stream_socket to{io_};
    to.open(context_.settings.to.endpoints.front().protocol(), error);
    if (error)
        return error;
    stream_socket client{io_};
    acceptor_->accept(client, error);
    if (error)
        return error;
    ++context_.counts.accepted;
    connections_.spawn(relay_connection(std::move(place), std::move(client), std::move(to), context_));
    return error;
}

} // namespace kernel_copy::example

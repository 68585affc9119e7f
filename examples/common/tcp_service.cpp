// Distributed under the Boost Software License, Version 1.0.
#include "tcp_service.hpp"

#include "task_group.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <csignal>
#include <iostream>
#include <utility>

namespace kernel_copy::example {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

asio::awaitable<void> accept_all(tcp::acceptor& acceptor, task_group& connections, const connection_handler& serve)
{
    using namespace std::chrono_literals;
    asio::steady_timer pause{acceptor.get_executor()};
    bool complained = false;
    for (;;)
    {
        boost::system::error_code error;
        tcp::socket socket = co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
        if (error == asio::error::operation_aborted)
            co_return;
        if (!error)
        {
            complained = false;
            connections.spawn(serve(std::move(socket)));
            continue;
        }
        if (error == asio::error::connection_aborted)
            continue;
        // Out of descriptors or memory: the connection stays in the queue, so that trying again at once would spin.
        if (!std::exchange(complained, true))
            std::cerr << "accept: " << error.message() << '\n';
        pause.expires_after(100ms);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

} // namespace

std::uint64_t run_tcp_service(asio::io_context& io, const tcp::endpoint& at, const connection_handler& serve)
{
    asio::signal_set signals{io, SIGINT, SIGTERM};
    tcp::acceptor acceptor{io, at};
    task_group tasks{io.get_executor()};

    std::cout << "listening on " << acceptor.local_endpoint() << std::endl;
    tasks.spawn(accept_all(acceptor, tasks, serve));
    signals.async_wait([&](const boost::system::error_code&, int) {
        acceptor.close();
        tasks.stop();
    });
    io.run();
    return tasks.started() - 1; // the first is the accept loop
}

} // namespace kernel_copy::example

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_EXAMPLE_SERVER_HPP
#define KERNEL_COPY_EXAMPLE_SERVER_HPP

#include "listener.hpp"
#include "worker.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <csignal>
#include <cstddef>
#include <memory>
#include <vector>

namespace kernel_copy::example {

/// The proxy: its threads, and what the main thread does meanwhile, which is to wait for signals and clocks.
class server
{
public:
    /// Listens; throws boost::system::system_error if it can't.
    explicit server(const relay_settings& settings);
    server(const server&) = delete;
    server& operator=(const server&) = delete;

    [[nodiscard]] const endpoint& address() const noexcept { return listener_.address; }

    /// Until a signal has stopped it and the last connection has ended.
    void run();

    [[nodiscard]] relay_statistics_sum statistics() const noexcept;

private:
    void work(worker& w);
    void wait_for_end_signal();
    void wait_for_statistics_signal();
    void wait_for_statistics_time();
    void print_statistics() const;
    void drain();
    void reset_connections();

    const relay_settings& settings_;
    boost::asio::io_context control_{1};
    boost::asio::signal_set end_signals_{control_, SIGINT, SIGTERM};
    boost::asio::signal_set statistics_signal_{control_, SIGUSR1};
    boost::asio::steady_timer statistics_timer_{control_};
    boost::asio::steady_timer drain_timer_{control_};
    failure_log failures_{};
    connection_limit limit_;
    std::vector<std::unique_ptr<worker>> workers_{};
    listener listener_;
    std::size_t running_ = 0;
    bool draining_ = false;
};

} // namespace kernel_copy::example

#endif

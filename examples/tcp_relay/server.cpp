// Distributed under the Boost Software License, Version 1.0.
#include "server.hpp"

#include <boost/asio/post.hpp>

#include <iostream>
#include <sstream>
#include <thread>

namespace kernel_copy::example {

namespace {

namespace asio = boost::asio;
using workers = std::vector<std::unique_ptr<worker>>;

// In one piece, so that the lines of several threads don't mix.
void print_line(const auto&... parts)
{
    std::ostringstream line;
    (line << ... << parts) << '\n';
    std::cerr << line.str();
}

workers make_workers(const relay_settings& settings, connection_limit& limit, failure_log& failures)
{
    workers result;
    for (std::size_t i = 0; i != settings.threads; ++i)
        result.push_back(std::make_unique<worker>(settings, limit, failures));
    return result;
}

listener listen_for(const workers& threads, const endpoint& address)
{
    std::vector<asio::any_io_executor> executors;
    for (const auto& w : threads)
        executors.push_back(w->executor());
    listener result = listen_at(address, executors);
    for (std::size_t i = 0; i != threads.size(); ++i)
        threads[i]->accept_from(std::move(result.acceptors[i]));
    return result;
}

} // namespace

server::server(const relay_settings& settings)
    : settings_{settings}, limit_{control_.get_executor(), settings.max_connections},
      workers_{make_workers(settings, limit_, failures_)}, listener_{listen_for(workers_, settings.listen_at)}
{}

void server::run()
{
    wait_for_end_signal();
    wait_for_statistics_signal();
    if (settings_.statistics_period.count() != 0)
    {
        statistics_timer_.expires_after(settings_.statistics_period);
        wait_for_statistics_time();
    }
    std::vector<std::jthread> threads;
    try
    {
        for (const auto& w : workers_)
        {
            threads.emplace_back([this, &w] { work(*w); });
            ++running_;
        }
    }
    catch (...)
    {
        drain(); // or those that have started would never end
        throw;
    }
    control_.run();
}

void server::work(worker& w)
{
    w.run();
    asio::post(control_, [this] {
        if (--running_ == 0)
            control_.stop();
    });
}

relay_statistics_sum server::statistics() const noexcept
{
    relay_statistics_sum sum;
    for (const auto& w : workers_)
        sum += w->counts();
    return sum;
}

void server::print_statistics() const
{
    print_line(statistics());
}

void server::wait_for_statistics_signal()
{
    statistics_signal_.async_wait([this](const error_code& error, int) {
        if (error)
            return;
        print_statistics();
        wait_for_statistics_signal();
    });
}

void server::wait_for_statistics_time()
{
    statistics_timer_.async_wait([this](const error_code& error) {
        if (error)
            return;
        print_statistics();
        statistics_timer_.expires_at(statistics_timer_.expiry() + settings_.statistics_period);
        wait_for_statistics_time();
    });
}

void server::wait_for_end_signal()
{
    end_signals_.async_wait([this](const error_code& error, int) {
        if (error)
            return;
        if (draining_)
            reset_connections();
        else
            drain();
        wait_for_end_signal();
    });
}

void server::drain()
{
    draining_ = true;
    for (const auto& w : workers_)
        w->stop_accepting();
    listener_.file.reset();
    if (const auto open = statistics().open; open != 0)
        print_line("tcp_relay: ", open, " open; a second signal resets what is left");
    if (settings_.drain_timeout.count() == 0)
        return;
    drain_timer_.expires_after(settings_.drain_timeout);
    drain_timer_.async_wait([this](const error_code& error) {
        if (!error)
            reset_connections();
    });
}

void server::reset_connections()
{
    for (const auto& w : workers_)
        w->reset_connections();
}

} // namespace kernel_copy::example

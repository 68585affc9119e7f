// Distributed under the Boost Software License, Version 1.0.
#include "round.hpp"

#include "transfer.hpp"

#include <kernel_copy/detail/pipe_store.hpp>
#include <kernel_copy/disk_workers.hpp>
#include <kernel_copy/pipe_pool.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace soak {

namespace {

constexpr std::size_t doomed_transfers = 6; ///< on a context that is destroyed under way

void rethrow(const std::exception_ptr& error)
{
    if (error)
        std::rethrow_exception(error);
}

/// One transfer after the other.
asio::awaitable<void> lane(site& s, asio::io_context& io)
{
    while (const auto number = s.next_number())
    {
        const auto next = make_transfer(s, io, *number);
        co_await asio::co_spawn(next->bell.get_executor(), next->run(), asio::use_awaitable);
    }
}

void run(asio::io_context& io)
{
    try
    {
        io.run();
    }
    catch (const std::exception& e)
    {
        fault(std::string{"an exception came out of a context: "} + e.what());
    }
}

/// A context and the threads that run it.
class world
{
public:
    world(site& s, std::size_t threads, std::size_t transfers, draw d)
        : io_{threads == 1 && d.one_in(2) ? 1 : BOOST_ASIO_CONCURRENCY_HINT_DEFAULT}
    {
        auto& pool = asio::use_service<kernel_copy::pipe_pool>(io_);
        if (d.one_in(3))
            pool.set_limits({.pipes = d.between(0, 8), .kept = d.between(0, 4), .bytes = d.any_size(1 << 16, 1 << 24)});
        if (d.one_in(2))
            asio::use_service<kernel_copy::disk_workers>(io_).set_limits({.threads = d.between(1, 3)});
        for (; transfers != 0; --transfers)
            asio::co_spawn(io_, lane(s, io_), rethrow);
        for (; threads != 0; --threads)
            threads_.emplace_back([this] { run(io_); });
    }
    world(const world&) = delete;
    world& operator=(const world&) = delete;

    ~world()
    {
        for (std::thread& t : threads_)
            t.join();
        const auto& pool = asio::use_service<kernel_copy::pipe_pool>(io_);
        if (pool.pipes() != pool.kept())
            fault("a pipe is in use, and no operation is under way");
    }

    /// Is gone when the context is.
    std::weak_ptr<kernel_copy::detail::pipe_store> pipes()
    {
        return asio::use_service<kernel_copy::pipe_pool>(io_).store();
    }

private:
    asio::io_context io_;
    std::vector<std::thread> threads_{};
};

/// Contexts that are destroyed with what is under way on them, one after the other.
void destroy_contexts(site& s, draw d)
{
    while (!s.over)
    {
        std::weak_ptr<kernel_copy::detail::pipe_store> pipes;
        try
        {
            asio::io_context io;
            const asio::steady_timer all_descriptors_of_the_context{io};
            pipes = asio::use_service<kernel_copy::pipe_pool>(io).store();
            for (std::size_t n = doomed_transfers; n != 0; --n)
                asio::co_spawn(io, lane(s, io), rethrow);
            io.run_for(std::chrono::microseconds{d.any_size(100, 100'000)});
            if (d.one_in(3)) // with other threads in it
            {
                std::thread other{[&io] { run(io); }};
                io.run_for(std::chrono::microseconds{d.any_size(100, 100'000)});
                io.stop();
                other.join();
            }
        }
        catch (const boost::system::system_error& e)
        {
            if (!is_want_of_descriptors(e.code()))
                fault(std::string{"an exception came out of a context: "} + e.what());
            std::this_thread::sleep_for(std::chrono::milliseconds{2}); // no descriptors for a context
        }
        if (!pipes.expired())
            fault("a destroyed context has left its pipes");
        s.counts.contexts_destroyed += 1;
    }
}

/// Says when time is up, and looks meanwhile whether anything is stuck.
class watch
{
public:
    watch(site& s, std::chrono::milliseconds time) : thread_{[this, &s, time] { run(s, time); }} {}
    watch(const watch&) = delete;
    watch& operator=(const watch&) = delete;
    ~watch()
    {
        {
            const std::lock_guard lock{mutex_};
            over_ = true;
        }
        ends_.notify_all();
        thread_.join();
    }

private:
    void run(site& s, std::chrono::milliseconds time)
    {
        const auto end = std::chrono::steady_clock::now() + time;
        std::unique_lock lock{mutex_};
        for (bool over = false; !over;)
        {
            const auto next = std::chrono::steady_clock::now() + std::chrono::seconds{1};
            over = ends_.wait_until(lock, s.over ? next : std::min(next, end), [this] { return over_; });
            s.over = s.over || std::chrono::steady_clock::now() >= end;
            if (std::chrono::steady_clock::now() >= next)
                s.under_way.look();
        }
    }

    std::mutex mutex_{};
    std::condition_variable ends_{};
    bool over_ = false;
    std::thread thread_;
};

} // namespace

void run_round(site& s, std::uint64_t seed, std::chrono::milliseconds time)
{
    draw d{seed};
    s.over = false;
    const watch stopper{s, time};
    const std::size_t together = s.with.threads / 2;
    const std::size_t worlds = s.with.threads - together + (together != 0 ? 1u : 0u);
    const std::size_t share = std::max<std::size_t>(1, s.with.concurrency / worlds);
    std::vector<std::weak_ptr<kernel_copy::detail::pipe_store>> pipes;
    {
        std::vector<std::unique_ptr<world>> all;
        for (std::size_t i = 0; i != worlds; ++i)
        {
            const bool is_shared = i == 0 && together != 0;
            all.push_back(std::make_unique<world>(s, is_shared ? together : 1, share, d.fork()));
            pipes.push_back(all.back()->pipes());
        }
        if (s.with.scarcity)
            s.descriptors.start(d.next());
        std::thread destroyer;
        if (s.with.destruction)
            destroyer = std::thread{[&s, d] { destroy_contexts(s, d); }};
        all.clear(); // waits
        s.over = true;
        if (destroyer.joinable())
            destroyer.join();
        s.descriptors.stop();
    }
    for (const auto& p : pipes)
        if (!p.expired())
            fault("a destroyed context has left its pipes");
}

} // namespace soak

// Distributed under the Boost Software License, Version 1.0.
#include "event_loop.hpp"

#include <kernel_copy/disk_workers.hpp>
#include <kernel_copy/pipe_pool.hpp>
#include <support/scenario.hpp>

#include <chrono>

namespace kernel_copy::test {

namespace {

constexpr unsigned most_handlers = 50'000;
constexpr std::size_t most_calls = 100'000;
constexpr std::chrono::milliseconds a_while{20};
constexpr unsigned whiles = 500; ///< 10 seconds

} // namespace

event_loop::event_loop(decisions& from, bool has_files) : kernel_{from, has_files}
{
    boost::asio::use_service<disk_workers>(io_).set_limits({.threads = 1});
}

void event_loop::keep_budget(const monitor& counters, std::uint64_t budget)
{
    kept_.push_back({&counters, budget});
    check_budgets();
}

bool event_loop::run_one()
{
    io_.restart();
    if (io_.poll_one() == 0)
        return false;
    require(++handlers_ != most_handlers && kernel_.calls() < most_calls, "goes on without end");
    check_budgets();
    return true;
}

void event_loop::check_budgets()
{
    for (kept& each : kept_)
    {
        const std::uint64_t now = each.counters->delivered();
        require(now - each.delivered <= each.budget, "more in a turn than its budget");
        each.delivered = now;
    }
}

void event_loop::run_until(const bool& done, const std::function<bool()>& moves)
{
    unsigned idle = 0;
    while (!done)
    {
        if (moves() || run_one())
        {
            idle = 0;
            continue;
        }
        require(++idle != whiles, "waits for what does not come");
        io_.restart();
        io_.run_one_for(a_while); // a worker is at it
        check_budgets();
    }
}

void event_loop::check_over()
{
    while (run_one())
        ;
    const auto& pool = boost::asio::use_service<pipe_pool>(io_);
    require(pool.pipes() == pool.kept(), "a pipe is in use after the end");
}

} // namespace kernel_copy::test

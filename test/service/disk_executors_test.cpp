// Distributed under the Boost Software License, Version 1.0.
#include "support/disk_jobs.hpp"

#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

#include <algorithm>
#include <atomic>
#include <deque>
#include <new>
#include <vector>

using namespace test;

namespace {

/// A pool of one thread that is held up, so that what it is given waits in its queue.
class busy_pool
{
public:
    explicit busy_pool(gate& hold) : pool{std::in_place, 1}
    {
        asio::post(*pool, [&] {
            begun_.add();
            hold.pass();
        });
        BOOST_TEST(begun_.reaches(1));
    }
    [[nodiscard]] asio::any_io_executor executor() { return pool->get_executor(); }

private:
    tally begun_{};

public:
    std::optional<asio::thread_pool> pool;
};

/// An executor that takes nothing: it throws, or lets go of what it is given.
struct bad_executor
{
    enum class way : std::uint8_t
    {
        throws,
        lets_go
    };

    asio::execution_context* context_;
    way way_;

    asio::execution_context& query(asio::execution::context_t) const noexcept { return *context_; }
    static constexpr asio::execution::blocking_t query(asio::execution::blocking_t) noexcept
    {
        return asio::execution::blocking.never;
    }
    [[nodiscard]] bad_executor require(asio::execution::blocking_t::never_t) const noexcept { return *this; }
    template <class Function>
    void execute(Function&& function) const
    {
        [[maybe_unused]] const auto taken = std::forward<Function>(function);
        if (way_ == way::throws)
            throw std::bad_alloc{};
    }
    friend bool operator==(const bad_executor&, const bad_executor&) = default;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(disk_workers_on_executors, workers_fixture)

BOOST_AUTO_TEST_CASE(a_pool_of_the_callers_does_the_work)
{
    asio::thread_pool pool{1};
    const asio::any_io_executor on = pool.get_executor();
    std::vector<int> order;
    std::atomic<int> elsewhere{0};
    std::deque<job> jobs;
    for (int i = 0; i != 20; ++i)
        submit(jobs.emplace_back(all,
                                 [&, i] {
                                     order.push_back(i);
                                     elsewhere += pool.get_executor().running_in_this_thread() ? 0 : 1;
                                 }),
               on);
    BOOST_TEST(all.worked.reaches(20));
    pool.join();
    BOOST_TEST(elsewhere == 0);
    BOOST_TEST(order.size() == 20u);
    BOOST_TEST(std::ranges::is_sorted(order));
    BOOST_TEST(workers.threads() == 0u);
}

BOOST_AUTO_TEST_CASE(nothing_runs_inside_the_call_that_submits_it)
{
    asio::thread_pool pool{1};
    const asio::any_io_executor on = pool.get_executor();
    std::atomic<bool> inside{false};
    bool ran_inside = false;
    job one{all, [&] { ran_inside = inside; }};
    asio::post(pool, [&] {
        inside = true;
        submit(one, on);
        inside = false;
    });
    BOOST_TEST(all.worked.reaches(1));
    pool.join();
    BOOST_TEST(!ran_inside);
}

BOOST_AUTO_TEST_CASE(the_context_itself_and_a_strand_of_it_do_the_work)
{
    job one{all};
    job two{all};
    submit(one, io->get_executor());
    submit(two, asio::make_strand(*io));
    BOOST_TEST(workers.waiting() == 2u);
    io->run_for(disk_patience);
    BOOST_TEST(all.worked.count() == 2u);
    BOOST_TEST(workers.waiting() == 0u);
}

BOOST_AUTO_TEST_CASE(a_pool_that_ends_before_it_got_round_to_them_drops_them_once)
{
    busy_pool busy{hold};
    std::deque<job> jobs;
    for (int i = 0; i != 3; ++i)
    {
        jobs.emplace_back(all).on_drop([&] { static_cast<void>(queue->waiting()); }); // no lock is held
        submit(jobs.back(), busy.executor());
    }
    busy.pool->stop();
    hold.open();
    busy.pool->join();
    BOOST_TEST(all.dropped.count() == 0u);
    BOOST_TEST(workers.waiting() == 3u);
    busy.pool.reset();
    BOOST_TEST(all.dropped.count() == 3u);
    BOOST_TEST(workers.waiting() == 0u);
    io.reset();
    BOOST_TEST(all.dropped.count() == 3u);
    BOOST_TEST(all.worked.count() == 0u);
}

BOOST_AUTO_TEST_CASE(the_end_drops_what_a_pool_has_not_begun_and_the_pool_then_does_nothing)
{
    busy_pool busy{hold};
    {
        std::deque<job> jobs;
        for (int i = 0; i != 3; ++i)
            submit(jobs.emplace_back(all), busy.executor());
        io.reset();
        BOOST_TEST(all.dropped.count() == 3u);
    }
    hold.open();
    busy.pool->join(); // calls the function objects, whose jobs are no more
    BOOST_TEST(all.dropped.count() == 3u);
    BOOST_TEST(all.worked.count() == 0u);
}

BOOST_AUTO_TEST_CASE(the_end_waits_for_what_a_pool_has_begun)
{
    asio::thread_pool pool{1};
    tally begun;
    job running{all, [&] {
                    begun.add();
                    hold.pass();
                }};
    job waiting{all};
    submit(running, pool.get_executor());
    submit(waiting, pool.get_executor());
    BOOST_TEST(begun.reaches(1));
    std::atomic<bool> destroyed{false};
    std::thread ends{[&] {
        io.reset();
        destroyed = true;
    }};
    BOOST_TEST(all.dropped.reaches(1));
    BOOST_TEST(!destroyed);
    hold.open();
    ends.join();
    BOOST_TEST(all.worked.count() == 1u);
    pool.join();
    BOOST_TEST(all.dropped.count() == 1u);
}

BOOST_AUTO_TEST_CASE(a_context_that_is_destroyed_with_them_in_its_own_queue_drops_them_once)
{
    {
        std::deque<job> jobs;
        for (int i = 0; i != 3; ++i)
            submit(jobs.emplace_back(all), io->get_executor());
        submit(jobs.emplace_back(all), asio::make_strand(*io));
        io.reset();
    }
    BOOST_TEST(all.dropped.count() == 4u);
    BOOST_TEST(all.worked.count() == 0u);
}

BOOST_AUTO_TEST_CASE(what_an_executor_cannot_take_goes_to_a_thread_here)
{
    const asio::any_io_executor none;
    const asio::any_io_executor throws = bad_executor{&*io, bad_executor::way::throws};
    std::deque<job> jobs;
    submit(jobs.emplace_back(all), none);
    submit(jobs.emplace_back(all), throws);
    BOOST_TEST(all.worked.reaches(2));
    BOOST_TEST(workers.threads() >= 1u);
    BOOST_TEST(all.dropped.count() == 0u);
    BOOST_TEST(workers.waiting() == 0u);
}

BOOST_AUTO_TEST_CASE(what_an_executor_lets_go_at_once_is_dropped)
{
    job one{all};
    submit(one, bad_executor{&*io, bad_executor::way::lets_go});
    BOOST_TEST(all.dropped.count() == 1u);
    BOOST_TEST(workers.waiting() == 0u);
    io.reset();
    BOOST_TEST(all.dropped.count() == 1u);
    BOOST_TEST(all.worked.count() == 0u);
}

BOOST_AUTO_TEST_CASE(every_job_is_worked_or_dropped_once_when_both_ends_come_in_between)
{
    for (int round = 0; round != 20; ++round)
    {
        fate here;
        tally submitted;
        std::deque<job> jobs;
        std::optional<asio::io_context> context{std::in_place};
        const auto to = asio::use_service<disk_workers>(*context).queue();
        std::optional<asio::thread_pool> pool{std::in_place, 2};
        const asio::any_io_executor on = pool->get_executor();
        std::thread submits{[&] {
            for (int i = 0; i != 300; ++i)
            {
                to->submit(jobs.emplace_back(here), &on);
                submitted.add();
            }
        }};
        BOOST_TEST(submitted.reaches(20));
        std::thread ends{[&] { context.reset(); }};
        pool->stop();
        submits.join();
        pool.reset();
        ends.join();
        BOOST_TEST(here.worked.count() + here.dropped.count() == 300u);
    }
}

BOOST_AUTO_TEST_SUITE_END()

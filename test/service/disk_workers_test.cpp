// Distributed under the Boost Software License, Version 1.0.
#include "support/disk_jobs.hpp"

#include <boost/asio/system_executor.hpp>

#include <algorithm>
#include <atomic>
#include <deque>
#include <vector>

using namespace test;

BOOST_FIXTURE_TEST_SUITE(disk_workers_of_their_own, workers_fixture)

BOOST_AUTO_TEST_CASE(the_first_need_starts_one_thread_and_not_before)
{
    const std::size_t before = threads_of_process();
    BOOST_TEST(workers.threads() == 0u);
    workers.set_limits({.threads = 3});
    BOOST_TEST(workers.threads() == 0u);
    BOOST_TEST(threads_of_process() == before);
    std::thread::id where;
    job one{all, [&] { where = std::this_thread::get_id(); }};
    submit(one);
    BOOST_TEST(all.worked.reaches(1));
    BOOST_TEST(workers.threads() == 1u);
    BOOST_TEST(workers.waiting() == 0u);
    BOOST_TEST(threads_of_process() == before + 1);
    BOOST_CHECK(where != std::this_thread::get_id());
}

BOOST_AUTO_TEST_CASE(an_idle_thread_is_used_again)
{
    constexpr std::size_t n = 500;
    workers.set_limits({.threads = n});
    job one{all};
    for (std::size_t i = 1; i <= n; ++i)
    {
        submit(one);
        BOOST_REQUIRE(all.worked.reaches(i));
    }
    // A thread that has just counted may not be idle yet, so not exactly one.
    BOOST_TEST(workers.threads() < n);
}

BOOST_AUTO_TEST_CASE(never_more_threads_than_the_limit)
{
    workers.set_limits({.threads = 3});
    tally begun;
    std::atomic<std::size_t> now{0};
    std::atomic<std::size_t> most{0};
    std::deque<job> jobs;
    for (int i = 0; i != 20; ++i)
        submit(jobs.emplace_back(all, [&] {
            const std::size_t here = ++now;
            for (std::size_t seen = most; seen < here && !most.compare_exchange_weak(seen, here);)
            {}
            begun.add();
            hold.pass();
            --now;
        }));
    BOOST_TEST(begun.reaches(3));
    BOOST_TEST(workers.threads() == 3u);
    BOOST_TEST(workers.waiting() == 17u);
    hold.open();
    BOOST_TEST(all.worked.reaches(20));
    BOOST_TEST(workers.threads() == 3u);
    BOOST_TEST(most == 3u);
}

BOOST_AUTO_TEST_CASE(each_job_that_finds_no_idle_thread_starts_one)
{
    tally begun;
    std::deque<job> jobs;
    for (std::size_t i = 1; i <= disk_workers::limits{}.threads; ++i)
    {
        submit(jobs.emplace_back(all, [&] {
            begun.add();
            hold.pass();
        }));
        BOOST_TEST(workers.threads() == i);
    }
    BOOST_TEST(begun.reaches(jobs.size()));
    hold.open();
    BOOST_TEST(all.worked.reaches(jobs.size()));
}

BOOST_AUTO_TEST_CASE(what_is_submitted_first_is_begun_first)
{
    workers.set_limits({.threads = 1});
    job first{all, [&] { hold.pass(); }};
    submit(first);
    std::vector<int> order;
    std::deque<job> jobs;
    for (int i = 0; i != 50; ++i)
        submit(jobs.emplace_back(all, [&order, i] { order.push_back(i); }));
    hold.open();
    BOOST_TEST(all.worked.reaches(51));
    BOOST_TEST(order.size() == 50u);
    BOOST_TEST(std::ranges::is_sorted(order));
}

BOOST_AUTO_TEST_CASE(a_limit_of_none_is_one)
{
    workers.set_limits({.threads = 0});
    job one{all};
    submit(one);
    BOOST_TEST(all.worked.reaches(1));
    BOOST_TEST(workers.threads() == 1u);
}

BOOST_AUTO_TEST_CASE(a_lower_limit_ends_threads_after_their_job_and_a_higher_one_starts_some_for_what_waits)
{
    tally begun;
    const auto body = [&] {
        begun.add();
        hold.pass();
    };
    std::deque<job> jobs;
    for (int i = 0; i != 7; ++i)
        submit(jobs.emplace_back(all, body));
    BOOST_TEST(begun.reaches(4));
    workers.set_limits({.threads = 6});
    BOOST_TEST(begun.reaches(6));
    BOOST_TEST(workers.waiting() == 1u);
    workers.set_limits({.threads = 2});
    BOOST_TEST(workers.threads() == 6u); // all are busy
    hold.open();
    BOOST_TEST(all.worked.reaches(7));
    BOOST_TEST(becomes_true([&] { return workers.threads() == 2; }));
    // Idle ones go as well.
    workers.set_limits({.threads = 1});
    BOOST_TEST(becomes_true([&] { return workers.threads() == 1; }));
    submit(jobs.emplace_back(all));
    BOOST_TEST(all.worked.reaches(8));
}

BOOST_AUTO_TEST_CASE(no_lock_is_held_while_a_job_works_and_it_may_submit_itself_as_the_last_thing)
{
    std::atomic<int> left{2000};
    tally finished;
    // Not the class of the other tests: nothing of this one is touched once it has been submitted again.
    struct again : kernel_copy::detail::disk_job
    {
        again(kernel_copy::detail::disk_queue& q, std::atomic<int>& n, tally& end) : queue{q}, left{n}, finished{end} {}
        void work() noexcept override
        {
            static_cast<void>(queue.waiting());
            if (--left == 0)
                finished.add();
            else
                queue.submit(*this, nullptr);
        }
        void drop() noexcept override {}
        kernel_copy::detail::disk_queue& queue;
        std::atomic<int>& left;
        tally& finished;
    };
    again one{*queue, left, finished};
    queue->submit(one, nullptr);
    BOOST_TEST(finished.reaches(1));
    BOOST_TEST(left == 0);
}

BOOST_AUTO_TEST_CASE(a_job_may_be_gone_before_its_work_returns)
{
    struct fleeting final : kernel_copy::detail::disk_job
    {
        explicit fleeting(fate& f) : to{f} {}
        void work() noexcept override
        {
            tally& count = to.worked;
            delete this;
            count.add();
        }
        void drop() noexcept override
        {
            tally& count = to.dropped;
            delete this;
            count.add();
        }
        fate& to;
    };
    for (int i = 0; i != 100; ++i)
        queue->submit(*new fleeting{all}, nullptr);
    BOOST_TEST(all.worked.reaches(100));
    workers.set_limits({.threads = 1});
    BOOST_TEST(becomes_true([&] { return workers.threads() == 1; }));
    gate shut;
    tally begun;
    job running{all, [&] {
                    begun.add();
                    shut.pass();
                }};
    submit(running);
    BOOST_TEST(begun.reaches(1));
    queue->submit(*new fleeting{all}, nullptr);
    std::thread ends{[&] { io.reset(); }};
    BOOST_TEST(all.dropped.reaches(1));
    shut.open();
    ends.join();
}

BOOST_AUTO_TEST_CASE(destroying_the_context_drops_what_waits_and_waits_for_what_runs)
{
    workers.set_limits({.threads = 2});
    tally begun;
    std::atomic<bool> destroyed{false};
    std::atomic<bool> too_early{false};
    std::deque<job> running;
    for (int i = 0; i != 2; ++i)
        submit(running.emplace_back(all, [&] {
            begun.add();
            hold.pass();
            too_early = too_early || destroyed;
        }));
    BOOST_TEST(begun.reaches(2));
    std::vector<int> order;
    std::deque<job> waiting;
    for (int i = 0; i != 10; ++i)
    {
        waiting.emplace_back(all).on_drop([&, i] {
            order.push_back(i);
            static_cast<void>(queue->waiting()); // no lock is held
        });
        submit(waiting.back());
    }
    std::thread ends{[&] {
        io.reset();
        destroyed = true;
    }};
    BOOST_TEST(all.dropped.reaches(10)); // while the others still run
    BOOST_TEST(all.worked.count() == 0u);
    BOOST_TEST(!destroyed);
    hold.open();
    ends.join();
    BOOST_TEST(!too_early);
    BOOST_TEST(all.worked.count() == 2u);
    BOOST_TEST(all.dropped.count() == 10u);
    BOOST_TEST(order.size() == 10u);
    BOOST_TEST(std::ranges::is_sorted(order));
    BOOST_TEST(queue->threads() == 0u);
    BOOST_TEST(queue->waiting() == 0u);
}

BOOST_AUTO_TEST_CASE(what_is_submitted_after_the_end_is_dropped_at_once)
{
    const asio::any_io_executor elsewhere = asio::system_executor{};
    io.reset();
    job one{all};
    job two{all};
    two.on_drop([&] { submit(one); });
    submit(two);
    BOOST_TEST(all.dropped.count() == 2u);
    submit(one, elsewhere);
    BOOST_TEST(all.dropped.count() == 3u);
    queue->set_limits({.threads = 9});
    queue->notify_fork(asio::execution_context::fork_prepare);
    queue->notify_fork(asio::execution_context::fork_parent);
    queue->shut_down();
    BOOST_TEST(queue->threads() == 0u);
    BOOST_TEST(all.worked.count() == 0u);
}

BOOST_AUTO_TEST_CASE(every_job_of_many_threads_works_once_under_changing_limits)
{
    constexpr std::size_t n = 4;
    constexpr std::size_t each = 500;
    std::vector<std::thread> threads;
    std::deque<std::deque<job>> jobs(n);
    for (std::size_t t = 0; t != n; ++t)
        threads.emplace_back([&, t] {
            for (std::size_t i = 0; i != each; ++i)
                submit(jobs[t].emplace_back(all));
        });
    for (std::size_t i = 0; i != 200; ++i)
    {
        workers.set_limits({.threads = 1 + i % 5});
        static_cast<void>(workers.threads());
        std::this_thread::yield();
    }
    for (std::thread& t : threads)
        t.join();
    BOOST_TEST(all.worked.reaches(n * each));
    BOOST_TEST(workers.waiting() == 0u);
    io.reset();
    BOOST_TEST(all.worked.count() == n * each);
    BOOST_TEST(all.dropped.count() == 0u);
}

BOOST_AUTO_TEST_CASE(every_job_is_worked_or_dropped_once_when_the_end_comes_in_between)
{
    std::vector<std::thread> threads;
    std::deque<std::deque<job>> jobs(3);
    tally submitted;
    for (std::deque<job>& mine : jobs)
        threads.emplace_back([&] {
            for (int i = 0; i != 500; ++i)
            {
                queue->submit(mine.emplace_back(all), nullptr);
                submitted.add();
            }
        });
    BOOST_TEST(submitted.reaches(50));
    io.reset();
    for (std::thread& t : threads)
        t.join();
    BOOST_TEST(all.worked.count() + all.dropped.count() == 1500u);
}

BOOST_AUTO_TEST_SUITE_END()

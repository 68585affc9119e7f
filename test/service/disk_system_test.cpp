// Distributed under the Boost Software License, Version 1.0.
//
// Workers and what the system does to threads: signals, forks, and that there may be no more of them.
#include "support/disk_jobs.hpp"

#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <deque>
#include <string>
#include <vector>

#include <pthread.h>

using namespace test;
using context = asio::execution_context;

namespace {

/// No thread can be created: none finds the address space for its stack.
class no_more_threads
{
public:
    no_more_threads()
    {
        BOOST_REQUIRE(::pthread_getattr_default_np(&before_) == 0);
        pthread_attr_t huge;
        BOOST_REQUIRE(::pthread_attr_init(&huge) == 0);
        BOOST_REQUIRE(::pthread_attr_setstacksize(&huge, std::size_t{1} << 47) == 0);
        BOOST_REQUIRE(::pthread_setattr_default_np(&huge) == 0);
        ::pthread_attr_destroy(&huge);
        pthread_t none{};
        BOOST_REQUIRE(::pthread_create(
                          &none, nullptr, [](void* p) { return p; }, nullptr) == EAGAIN);
    }
    no_more_threads(const no_more_threads&) = delete;
    no_more_threads& operator=(const no_more_threads&) = delete;
    ~no_more_threads()
    {
        ::pthread_setattr_default_np(&before_);
        ::pthread_attr_destroy(&before_);
    }

private:
    pthread_attr_t before_{};
};

/// How a child that did what it should ends.
constexpr int well = 0;

} // namespace

BOOST_FIXTURE_TEST_SUITE(disk_workers_and_the_system, workers_fixture)

BOOST_AUTO_TEST_CASE(signals_of_the_program_are_blocked_on_the_threads_and_they_have_a_name)
{
    sigset_t before;
    sigset_t one_blocked;
    ::sigemptyset(&one_blocked);
    ::sigaddset(&one_blocked, SIGUSR2);
    ::pthread_sigmask(SIG_SETMASK, &one_blocked, &before);
    sigset_t there;
    std::string name(16, '\0');
    job one{all, [&] {
                ::pthread_sigmask(SIG_BLOCK, nullptr, &there);
                ::pthread_getname_np(::pthread_self(), name.data(), name.size());
            }};
    submit(one);
    BOOST_TEST(all.worked.reaches(1));
    for (const int blocked : {SIGTERM, SIGINT, SIGHUP, SIGCHLD, SIGALRM, SIGUSR1, SIGPIPE, SIGXFSZ, SIGPROF, SIGRTMAX})
        BOOST_TEST(::sigismember(&there, blocked) == 1);
    for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS})
        BOOST_TEST(::sigismember(&there, fault) == 0);
    BOOST_TEST(name.c_str() == "kernel_copy");
    sigset_t after;
    ::pthread_sigmask(SIG_SETMASK, &before, &after); // the caller's own is as it was
    for (int signal = 1; signal <= SIGRTMAX; ++signal)
        BOOST_TEST(::sigismember(&after, signal) == ::sigismember(&one_blocked, signal));
}

BOOST_AUTO_TEST_CASE(a_signal_that_a_call_raises_dies_with_the_thread)
{
    int ends[2];
    BOOST_REQUIRE(::pipe(ends) == 0);
    ::close(ends[0]);
    int error = 0;
    bool pending = false;
    job one{all, [&] {
                error = ::write(ends[1], "x", 1) == -1 ? errno : 0;
                sigset_t now;
                ::sigpending(&now);
                pending = ::sigismember(&now, SIGPIPE) == 1;
            }};
    submit(one);
    BOOST_TEST(all.worked.reaches(1));
    BOOST_TEST(error == EPIPE);
    BOOST_TEST(pending);
    io.reset();
    sigset_t now;
    ::sigpending(&now);
    BOOST_TEST(::sigismember(&now, SIGPIPE) == 0);
    ::close(ends[1]);
}

BOOST_AUTO_TEST_CASE(parent_and_child_go_on_with_the_queue_after_a_fork)
{
    std::deque<job> jobs;
    submit(jobs.emplace_back(all));
    BOOST_TEST(all.worked.reaches(1));
    const std::size_t before = threads_of_process();
    io->notify_fork(context::fork_prepare);
    BOOST_TEST(workers.threads() == 0u);
    BOOST_TEST(becomes_true([&] { return threads_of_process() == before - 1; }));
    for (int i = 0; i != 3; ++i)
        submit(jobs.emplace_back(all));
    BOOST_TEST(workers.threads() == 0u);
    BOOST_TEST(workers.waiting() == 3u);
    const int child = in_child([&] {
        io->notify_fork(context::fork_child);
        if (!all.worked.reaches(4) || workers.threads() == 0)
            return 1;
        submit(jobs.emplace_back(all));
        if (!all.worked.reaches(5))
            return 2;
        io.reset();
        return all.dropped.count() == 0 ? well : 3;
    });
    BOOST_TEST(child == well);
    BOOST_TEST(workers.waiting() == 3u);
    io->notify_fork(context::fork_parent);
    BOOST_TEST(all.worked.reaches(4));
    BOOST_TEST(workers.threads() >= 1u);
    io.reset();
    BOOST_TEST(all.worked.count() == 4u);
}

BOOST_AUTO_TEST_CASE(a_fork_without_work_starts_no_thread)
{
    io->notify_fork(context::fork_prepare);
    const int child = in_child([&] {
        io->notify_fork(context::fork_child);
        return workers.threads() == 0 ? well : 1;
    });
    BOOST_TEST(child == well);
    io->notify_fork(context::fork_parent);
    BOOST_TEST(workers.threads() == 0u);
}

BOOST_AUTO_TEST_CASE(a_fork_waits_for_what_runs_and_begins_nothing)
{
    workers.set_limits({.threads = 2});
    tally begun;
    job running{all, [&] {
                    begun.add();
                    hold.pass();
                }};
    job short_one{all};
    job later{all};
    submit(running);
    submit(short_one);
    BOOST_TEST(begun.reaches(1));
    BOOST_TEST(all.worked.reaches(1));
    BOOST_TEST(workers.threads() == 2u);
    std::thread opens{[&] {
        becomes_true([&] { return workers.threads() == 1; }); // the idle one has gone: the fork is being prepared
        submit(later);
        hold.open();
    }};
    io->notify_fork(context::fork_prepare);
    opens.join();
    BOOST_TEST(all.worked.count() == 2u);
    BOOST_TEST(workers.threads() == 0u);
    BOOST_TEST(workers.waiting() == 1u);
    io->notify_fork(context::fork_parent);
    BOOST_TEST(all.worked.reaches(3));
}

BOOST_AUTO_TEST_CASE(a_child_drops_what_waits_on_executors_and_does_not_wait_for_the_parents_threads)
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
    io->notify_fork(context::fork_prepare); // does not wait for the pool
    const int child = in_child([&] {
        io->notify_fork(context::fork_child);
        io.reset();
        return all.dropped.count() == 1 && all.worked.count() == 0 ? well : 1;
    });
    BOOST_TEST(child == well);
    io->notify_fork(context::fork_parent);
    hold.open();
    BOOST_TEST(all.worked.reaches(2));
    pool.join();
}

BOOST_AUTO_TEST_CASE(without_any_thread_the_one_that_submits_does_the_work)
{
    const no_more_threads scarcity;
    std::vector<int> order;
    bool here = true;
    std::deque<job> jobs;
    const auto self = std::this_thread::get_id();
    const auto body = [&](int i) {
        return [&, i] {
            order.push_back(i);
            here = here && std::this_thread::get_id() == self;
        };
    };
    job second{all, body(2)};
    job first{all, [&] {
                  submit(second); // after this one, not inside it
                  BOOST_TEST(order.empty());
                  body(1)();
              }};
    submit(first);
    BOOST_TEST(all.worked.count() == 2u);
    BOOST_TEST(order == (std::vector<int>{1, 2}));
    io->notify_fork(context::fork_prepare);
    job third{all, body(3)};
    submit(third);
    BOOST_TEST(all.worked.count() == 2u);
    io->notify_fork(context::fork_parent);
    BOOST_TEST(all.worked.count() == 3u);
    BOOST_TEST(here);
    BOOST_TEST(workers.threads() == 0u);
    BOOST_TEST(workers.waiting() == 0u);
}

BOOST_AUTO_TEST_CASE(with_a_thread_that_runs_jobs_wait_for_it_when_there_can_be_no_other)
{
    tally begun;
    job running{all, [&] {
                    begun.add();
                    hold.pass();
                }};
    submit(running);
    BOOST_TEST(begun.reaches(1));
    const no_more_threads scarcity;
    std::atomic<bool> here{false};
    job waits{all, [&, self = std::this_thread::get_id()] { here = std::this_thread::get_id() == self; }};
    submit(waits);
    BOOST_TEST(all.worked.count() == 0u);
    BOOST_TEST(workers.waiting() == 1u);
    hold.open();
    BOOST_TEST(all.worked.reaches(2));
    BOOST_TEST(!here);
    BOOST_TEST(workers.threads() == 1u);
}

BOOST_AUTO_TEST_CASE(threads_are_tried_for_again_when_there_was_none)
{
    job one{all};
    {
        const no_more_threads scarcity;
        submit(one);
        BOOST_TEST(all.worked.count() == 1u);
    }
    submit(one);
    BOOST_TEST(all.worked.reaches(2));
    BOOST_TEST(workers.threads() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

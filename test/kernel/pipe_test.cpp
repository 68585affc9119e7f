// Distributed under the Boost Software License, Version 1.0.
#include "support/fake_kernel.hpp"
#include "support/system.hpp"

#include <kernel_copy/detail/pipe_store.hpp>

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <cerrno>
#include <memory>
#include <thread>
#include <vector>

#include <sys/resource.h>

using namespace test;
using kernel_copy::pipe_pool;
using kernel_copy::detail::pipe_lease;

namespace {

struct fixture : descriptor_balance
{
    boost::asio::io_context io{};
    fake_kernel kernel{};
    pipe_pool& pool = boost::asio::use_service<pipe_pool>(io);
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(pipes, fixture)

BOOST_AUTO_TEST_CASE(a_pipe_is_close_on_exec_and_non_blocking)
{
    pipe_lease p{kernel};
    BOOST_TEST(p.take(io).bytes == 65536u);
    for (const int end : {p.read_end(), p.write_end()})
    {
        BOOST_TEST((::fcntl(end, F_GETFD) & FD_CLOEXEC) != 0);
        BOOST_TEST((::fcntl(end, F_GETFL) & O_NONBLOCK) != 0);
    }
    BOOST_TEST(p.grow(1 << 20).bytes == 1u << 20);
    BOOST_TEST(::fcntl(p.read_end(), F_GETPIPE_SZ) == 1 << 20);
}

BOOST_AUTO_TEST_CASE(what_is_given_back_is_taken_again_as_it_was)
{
    int read_end = -1;
    {
        pipe_lease p{kernel};
        BOOST_REQUIRE(p.take(io).error == 0);
        BOOST_REQUIRE(p.grow(1 << 18).error == 0);
        read_end = p.read_end();
        p.give_back();
        BOOST_TEST(p.read_end() == -1);
    }
    BOOST_TEST(pool.kept() == 1u);
    pipe_lease p{kernel};
    BOOST_TEST(p.take(io).bytes == 1u << 18);
    BOOST_TEST(p.read_end() == read_end);
    BOOST_TEST(pool.kept() == 0u);
    BOOST_TEST(pool.pipes() == 1u);
}

BOOST_AUTO_TEST_CASE(a_child_has_pipes_of_its_own)
{
    using boost::asio::execution_context;
    {
        pipe_lease p{kernel};
        BOOST_REQUIRE(p.take(io).error == 0);
        p.give_back();
    }
    BOOST_TEST(pool.kept() == 1u);
    io.notify_fork(execution_context::fork_prepare);
    const int child = in_child([&] {
        io.notify_fork(execution_context::fork_child);
        return pool.kept() == 0 && pool.pipes() == 0 ? 0 : 1;
    });
    io.notify_fork(execution_context::fork_parent);
    BOOST_TEST(child == 0);
    BOOST_TEST(pool.kept() == 1u);
}

// A daemon may have closed its standard streams, and prints to whoever has their numbers.
BOOST_AUTO_TEST_CASE(no_pipe_has_the_number_of_a_standard_stream)
{
    const int child = in_child([&] {
        for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
            ::close(standard);
        {
            pipe_lease p{kernel};
            if (p.take(io).error != 0 || p.read_end() <= STDERR_FILENO || p.write_end() <= STDERR_FILENO)
                return 1;
            if (::write(p.write_end(), "x", 1) != 1 || (::fcntl(p.read_end(), F_GETFD) & FD_CLOEXEC) == 0)
                return 2;
        }
        const rlimit three{STDERR_FILENO + 1, STDERR_FILENO + 1}; // no other numbers are to be had
        ::setrlimit(RLIMIT_NOFILE, &three);
        pipe_lease none{kernel};
        if (const int error = none.take(io).error; error != EMFILE && error != EINVAL)
            return 3;
        return ::fcntl(STDIN_FILENO, F_GETFD) == -1 && ::fcntl(STDOUT_FILENO, F_GETFD) == -1 ? 0 : 4;
    });
    BOOST_TEST(child == 0);
}

BOOST_AUTO_TEST_CASE(a_pipe_that_may_hold_bytes_is_closed)
{
    {
        pipe_lease p{kernel};
        BOOST_REQUIRE(p.take(io).error == 0);
        BOOST_TEST(::write(p.write_end(), "x", 1) == 1);
    }
    BOOST_TEST(pool.kept() == 0u);
    BOOST_TEST(pool.pipes() == 0u);
}

BOOST_AUTO_TEST_CASE(the_number_of_pipes_is_bounded_and_of_those_kept)
{
    pool.set_limits({.pipes = 3, .kept = 2});
    std::vector<std::unique_ptr<pipe_lease>> leases;
    const auto take_one = [&] {
        leases.push_back(std::make_unique<pipe_lease>(kernel));
        return leases.back()->take(io).error;
    };
    for (int i = 0; i != 3; ++i)
        BOOST_TEST(take_one() == 0);
    BOOST_TEST(take_one() == EMFILE);
    for (const auto& lease : leases)
        lease->give_back();
    BOOST_TEST(pool.kept() == 2u);
    BOOST_TEST(pool.pipes() == 2u);
    BOOST_TEST(take_one() == 0);
    BOOST_TEST(pool.kept() == 1u);
    pool.trim();
    BOOST_TEST(pool.kept() == 0u);
    BOOST_TEST(pool.pipes() == 1u);
}

BOOST_AUTO_TEST_CASE(P10_pipes_grow_up_to_half_of_what_a_user_may_have_and_are_made_up_to_all_of_it)
{
    pool.set_limits({.pipes = 100'000});
    std::vector<std::unique_ptr<pipe_lease>> leases;
    const auto take_one = [&] {
        leases.push_back(std::make_unique<pipe_lease>(kernel));
        return leases.back()->take(io).error;
    };
    std::size_t grown = 0;
    while (take_one() == 0 && leases.back()->grow(1 << 20).error == 0)
        ++grown;
    BOOST_TEST(grown == 32u);
    BOOST_TEST(leases.back()->grow(1 << 20).error == EPERM);
    leases.erase(leases.begin()); // what is closed makes room
    BOOST_TEST(leases.back()->grow(1 << 20).error == 0);
    std::size_t made = 0;
    while (take_one() == 0)
        ++made;
    BOOST_TEST(made == 32u * 1024 * 1024 / 65536);
    BOOST_TEST(take_one() == EMFILE);
}

BOOST_AUTO_TEST_CASE(a_refused_resize_uses_nothing_up)
{
    kernel.instead = [](const std::string& call, std::size_t, std::uint64_t) -> fake_kernel::answer {
        return call == "resize_pipe" ? fake_kernel::answer{call_result{.bytes = 0, .error = EBUSY}} : std::nullopt;
    };
    pipe_lease p{kernel};
    BOOST_REQUIRE(p.take(io).error == 0);
    for (int i = 0; i != 100; ++i)
        BOOST_TEST(p.grow(1 << 20).error == EBUSY);
    BOOST_TEST(p.grow(std::size_t{1} << 40).error == EPERM);
}

BOOST_AUTO_TEST_CASE(no_pipe_to_be_had_is_said_and_forgotten)
{
    bool refuses = true;
    kernel.instead = [&](const std::string& call, std::size_t, std::uint64_t) -> fake_kernel::answer {
        return refuses && call == "pipe" ? fake_kernel::answer{call_result{.bytes = 0, .error = ENFILE}} : std::nullopt;
    };
    pipe_lease p{kernel};
    BOOST_TEST(p.take(io).error == ENFILE);
    BOOST_TEST(pool.pipes() == 0u);
    refuses = false;
    BOOST_TEST(p.take(io).error == 0);
}

BOOST_AUTO_TEST_CASE(a_lease_outlives_the_context)
{
    pipe_lease p{kernel};
    {
        boost::asio::io_context other;
        BOOST_REQUIRE(p.take(other).error == 0);
        pipe_lease kept{kernel};
        BOOST_REQUIRE(kept.take(other).error == 0);
        kept.give_back();
    }
    p.give_back(); // to a pool that has been shut down
    BOOST_TEST(p.read_end() == -1);
}

BOOST_AUTO_TEST_CASE(no_two_threads_hold_one_pipe)
{
    pool.set_limits({.pipes = 16, .kept = 8});
    std::vector<std::thread> threads;
    std::atomic<unsigned> wrong{0};
    std::atomic<unsigned> taken{0};
    for (char mark = 1; mark != 5; ++mark)
        threads.emplace_back([&, mark] {
            kernel_copy::detail::kernel own;
            for (int i = 0; i != 20'000; ++i)
            {
                pipe_lease p{own};
                if (p.take(io).error != 0)
                    continue;
                ++taken;
                char back = 0;
                const bool mine = ::write(p.write_end(), &mark, 1) == 1 && ::read(p.read_end(), &back, 1) == 1 &&
                                  back == mark && ::read(p.read_end(), &back, 1) == -1;
                wrong += mine ? 0u : 1u;
                if (i % 16 != 0)
                    p.give_back();
            }
        });
    for (std::thread& thread : threads)
        thread.join();
    BOOST_TEST(wrong == 0u);
    BOOST_TEST(taken >= 40'000u);
    BOOST_TEST(pool.kept() <= 8u);
    BOOST_TEST(pool.pipes() == pool.kept());
}

BOOST_AUTO_TEST_SUITE_END()

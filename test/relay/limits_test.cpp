// Distributed under the Boost Software License, Version 1.0.
#include "support/relays.hpp"

#include <array>
#include <vector>

#include <grp.h>
#include <sys/resource.h>

using namespace test;
using kernel_copy::method;

namespace {

/// Moves so much both ways. In a child process there is nobody to tell, so that what is wrong is a number.
struct checked_relay : relayed<tcp_link>
{
    checked_relay() { start(); }

    bool moves(std::uint64_t n)
    {
        const std::uint64_t until = a.peer().received + n;
        spawn(a.peer().send(n));
        spawn(b.peer().send(n));
        spawn(a.peer().receive(until));
        spawn(b.peer().receive(until));
        const auto end = std::chrono::steady_clock::now() + patience;
        io.restart();
        while (a.peer().received != until || b.peer().received != until)
            if (result.done || io.run_one_until(end) == 0)
                return false;
        settle(io);
        return a.peer().intact && b.peer().intact;
    }
    std::uint64_t spliced() const
    {
        return out.bytes(method::splice_through_pipe) + back.bytes(method::splice_through_pipe);
    }
    kernel_copy::pipe_pool& pool() { return asio::use_service<kernel_copy::pipe_pool>(io); }
};

void allow_descriptors(rlim_t n)
{
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = n;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

constexpr std::uint64_t bulk = 30'000'000;

} // namespace

BOOST_FIXTURE_TEST_SUITE(limits, descriptor_balance)

BOOST_AUTO_TEST_CASE(bulk_goes_on_through_memory_while_there_are_no_descriptors, *needs_kernel_methods)
{
    const int wrong = in_child([] {
        checked_relay r;
        if (!r.moves(bulk) || r.spliced() == 0)
            return 1;
        rlimit before{};
        ::getrlimit(RLIMIT_NOFILE, &before);
        r.pool().trim();
        allow_descriptors(3);
        const std::uint64_t spliced = r.spliced();
        if (!r.moves(bulk) || r.spliced() != spliced)
            return 2;
        if (r.out.given_up(method::splice_through_pipe) != failure(EMFILE))
            return 3;
        allow_descriptors(before.rlim_cur);
        return r.moves(bulk) ? 0 : 4; // whichever way, once there are some again
    });
    BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_CASE(descriptors_that_run_out_in_the_middle_of_bulk, *needs_kernel_methods)
{
    const int wrong = in_child([] {
        checked_relay r;
        const std::uint64_t n = 8 * bulk;
        r.spawn(r.a.peer().send(n));
        r.spawn(r.b.peer().send(n));
        r.spawn(r.a.peer().receive(n));
        r.spawn(r.b.peer().receive(n));
        run_until(r.io, [&] { return r.spliced() > 1'000'000; });
        allow_descriptors(3);
        for (int i = 0; i != 20; ++i) // what comes back to the pool is taken away
        {
            const std::uint64_t some = r.a.peer().received + n / 25;
            run_until(r.io, [&] { return r.a.peer().received >= some || r.a.peer().received == n; });
            r.pool().trim();
        }
        run_until(r.io, [&] { return r.a.peer().received == n && r.b.peer().received == n; });
        return r.a.peer().intact && r.b.peer().intact && !r.result.done ? 0 : 1;
    });
    BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_CASE(P10_a_user_whose_pipes_have_used_up_their_pages,
                     *boost::unit_test::precondition(root_only) * needs_kernel_methods)
{
    const int wrong = in_child([] {
        constexpr uid_t nobody = 65'534;
        if (::setgroups(0, nullptr) != 0 || ::setresuid(nobody, nobody, nobody) != 0)
            return 77;
        std::vector<std::array<int, 2>> pipes;
        const auto one_more = [&] {
            pipes.emplace_back();
            if (::pipe2(pipes.back().data(), O_CLOEXEC | O_NONBLOCK) == 0)
                return true;
            pipes.pop_back();
            return false;
        };
        while (one_more() && ::fcntl(pipes.back()[0], F_SETPIPE_SZ, 1 << 20) > 0)
            if (pipes.size() > 1000)
                return 77; // there is no limit for this user
        checked_relay r;
        if (!r.moves(bulk) || r.spliced() == 0)
            return 1; // pipes that do not grow
        r.pool().trim();
        while (one_more() && ::fcntl(pipes.back()[0], F_GETPIPE_SZ) > 2 * ::getpagesize())
            if (pipes.size() > 3000)
                return 77;
        if (!r.moves(bulk))
            return 2; // pipes of two pages
        r.pool().trim();
        while (one_more())
        {}
        return r.moves(bulk) ? 0 : 3; // none
    });
    BOOST_TEST_MESSAGE(
        (wrong == 77 ? "left out: no other user, or no limit on a user's pipes" : "run as another user"));
    BOOST_TEST((wrong == 0 || wrong == 77));
}

BOOST_AUTO_TEST_SUITE_END()

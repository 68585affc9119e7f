// Distributed under the Boost Software License, Version 1.0.
#include "support/relays.hpp"

#include <boost/asio/steady_timer.hpp>

using namespace test;
using kernel_copy::method;
using std::chrono::steady_clock;

namespace {

constexpr auto limit = 300ms;

/// Says a byte now and then.
asio::awaitable<void> trickle(peer& p, unsigned bytes, steady_clock::duration pause)
{
    asio::steady_timer timer{co_await asio::this_coro::executor};
    for (unsigned i = 0; i != bytes && !p.write_error; ++i)
    {
        co_await p.send(1);
        timer.expires_after(pause);
        co_await timer.async_wait(asio::use_awaitable);
    }
}

struct stopwatch
{
    steady_clock::time_point since = steady_clock::now();
    [[nodiscard]] steady_clock::duration elapsed() const { return steady_clock::now() - since; }
};

/// A bound that holds on a machine that does other things as well.
constexpr auto late = 3s;

} // namespace

BOOST_FIXTURE_TEST_SUITE(timeouts, descriptor_balance)

BOOST_AUTO_TEST_CASE(a_relay_in_which_nothing_moves_times_out)
{
    relayed<> r;
    const stopwatch watch;
    r.start({.idle_timeout = limit});
    r.run_until_done();
    BOOST_TEST(r.result.error == timed_out);
    BOOST_TEST((watch.elapsed() >= limit && watch.elapsed() < late));
    BOOST_TEST(r.result.result.a_to_b.error == aborted);
    BOOST_TEST(r.result.result.b_to_a.error == aborted);
}

BOOST_AUTO_TEST_CASE(a_peer_that_never_reads_is_waited_for_no_longer_than_that, *needs_kernel_methods)
{
    for (const auto methods : {kernel_copy::method_set{}, {method::splice_through_pipe}, {method::buffer}})
    {
        relayed<tcp_link> r;
        r.start({.idle_timeout = limit, .a_to_b = {.methods = methods}});
        r.spawn(r.a.peer().send(peer::all));
        run_until(r.io, [&] { return r.out.taken() != r.out.delivered(); });
        r.run_until_done();
        BOOST_TEST(r.result.error == timed_out);
        BOOST_TEST(r.out.in_flight() <= 2u * 1024 * 1024); // a pipe's or a buffer's worth
        BOOST_TEST(r.result.result.a_to_b.bytes == r.out.delivered());
        r.a.end().close();
        run(r.io);
    }
}

BOOST_AUTO_TEST_CASE(P17_bytes_that_only_the_kernel_sees_keep_it_alive, *needs_kernel_methods)
{
    // Several limits long, all of it spliced, one way only.
    relayed<tcp_link> r;
    const kernel_copy::copy_options spliced{.methods = {method::splice_through_pipe},
                                            .max_bytes_per_second = 20'000'000};
    r.start({.idle_timeout = limit, .a_to_b = spliced});
    const stopwatch watch;
    r.spawn(r.a.peer().send(20'000'000));
    r.spawn(r.b.peer().receive(20'000'000));
    run_until(r.io, [&] { return r.b.peer().received == 20'000'000 || r.result.done; });
    BOOST_TEST(!r.result.done);
    BOOST_TEST((watch.elapsed() > 2 * limit));
    BOOST_TEST(r.out.bytes(method::splice_through_pipe) == 20'000'000u);
    r.run_until_done();
    BOOST_TEST(r.result.error == timed_out);
    BOOST_TEST(r.b.peer().intact);
}

BOOST_AUTO_TEST_CASE(a_byte_in_either_direction_counts_for_both)
{
    for (const bool from_a : {true, false})
    {
        relayed<> r;
        r.start({.idle_timeout = limit});
        const stopwatch watch;
        r.spawn(trickle(from_a ? r.a.peer() : r.b.peer(), 10, limit * 3 / 10));
        r.run_until_done();
        BOOST_TEST(r.result.error == timed_out);
        BOOST_TEST((watch.elapsed() >= limit * 37 / 10)); // the last byte came after nine pauses
        BOOST_TEST((from_a ? r.out : r.back).delivered() == 10u);
        run(r.io);
    }
}

BOOST_AUTO_TEST_CASE(P16_a_peer_that_never_ends_is_left_after_the_half_close_timeout)
{
    for (const bool a_ends : {true, false})
    {
        relayed<tcp_link> r;
        r.start({.idle_timeout = 60s, .half_close_timeout = limit});
        peer& ends = a_ends ? r.a.peer() : r.b.peer();
        peer& stays = a_ends ? r.b.peer() : r.a.peer();
        r.spawn(stays.receive());
        r.spawn(ends.send_all(1000));
        run_until(r.io, [&] { return stays.saw_end; });
        const stopwatch watch;
        r.spawn(trickle(stays, 10, limit * 3 / 10));
        r.run_until_done();
        BOOST_TEST(r.result.error == timed_out);
        BOOST_TEST((watch.elapsed() >= limit * 37 / 10 && watch.elapsed() < limit * 4 + late));
        const auto& ended = a_ends ? r.result.result.a_to_b : r.result.result.b_to_a;
        const auto& left = a_ends ? r.result.result.b_to_a : r.result.result.a_to_b;
        BOOST_TEST(!ended.error);
        BOOST_TEST(ended.bytes == 1000u);
        BOOST_TEST(left.error == aborted);
        BOOST_TEST(left.bytes == 10u);
        r.a.end().close();
        r.b.end().close();
        run(r.io);
    }
}

BOOST_AUTO_TEST_CASE(the_half_close_timeout_does_not_hold_while_both_are_open)
{
    relayed<> r;
    r.start({.half_close_timeout = 1ms});
    asio::steady_timer timer{r.io, limit};
    bool passed = false;
    timer.async_wait([&](error_code) { passed = true; });
    run_until(r.io, [&] { return passed; });
    BOOST_TEST(!r.result.done);
    r.a.peer().close();
    r.run_until_done();
    BOOST_TEST(r.result.error == timed_out);
}

// As a user's own timer of the same length may do, just before.
BOOST_AUTO_TEST_CASE(ends_that_are_destroyed_as_the_time_passes_are_not_touched)
{
    asio::io_context io;
    auto a = mortal_pair(io);
    auto b = mortal_pair(io);
    relay_outcome ended;
    const stopwatch watch;
    async_kernel_relay(*a.first, *b.first, {.idle_timeout = 50ms}, ended.handler());
    settle(io);
    asio::post(io, [&] {
        while (watch.elapsed() <= 50ms)
            ;
        a.first.reset();
        b.first.reset();
    });
    run(io);
    BOOST_TEST(ended.error == aborted);
}

BOOST_AUTO_TEST_CASE(the_longest_of_all_limits_is_none)
{
    relayed<> r;
    r.start({.idle_timeout = std::chrono::nanoseconds::max(), .half_close_timeout = std::chrono::nanoseconds::max()});
    r.spawn(r.a.peer().send_all(1000));
    r.spawn(r.b.peer().receive());
    run_until(r.io, [&] { return r.b.peer().saw_end || r.result.done; });
    settle(r.io);
    BOOST_TEST(!r.result.done);
    r.spawn(r.b.peer().send_all(1000));
    r.spawn(r.a.peer().receive());
    run(r.io);
    r.check_whole(1000, 1000);
}

BOOST_AUTO_TEST_CASE(a_limit_below_zero_has_passed_already)
{
    relayed<> r;
    r.start({.idle_timeout = -1s});
    r.run_until_done();
    BOOST_TEST(r.result.error == timed_out);
}

BOOST_AUTO_TEST_SUITE_END()

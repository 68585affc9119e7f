// Distributed under the Boost Software License, Version 1.0.
#include "support/counting_allocator.hpp"
#include "support/relays.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_future.hpp>

using namespace test;

namespace {

/// Two connections whose peers have said something and ended.
struct spoken : relayed<>
{
    spoken()
    {
        asio::write(a.peer().stream, asio::buffer(outward.copy(0, 100)));
        asio::write(b.peer().stream, asio::buffer(homeward.copy(0, 200)));
        a.peer().end();
        b.peer().end();
    }
};

bool is_right(const relay_result& result)
{
    return result.a_to_b.bytes == 100 && result.b_to_a.bytes == 200 && !result.a_to_b.error && !result.b_to_a.error;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(tokens, descriptor_balance)

BOOST_AUTO_TEST_CASE(a_move_only_handler)
{
    spoken s;
    bool right = false;
    async_kernel_relay(s.a.end(), s.b.end(),
                       [&, only = std::make_unique<int>(1)](error_code error, relay_result result) {
                           right = !error && is_right(result) && *only == 1;
                       });
    run(s.io);
    BOOST_TEST(right);
}

BOOST_AUTO_TEST_CASE(a_future)
{
    spoken s;
    auto future = async_kernel_relay(s.a.end(), s.b.end(), {.idle_timeout = 60s}, asio::use_future);
    run(s.io);
    BOOST_TEST(is_right(future.get()));
}

BOOST_AUTO_TEST_CASE(awaited_deferred_and_detached)
{
    spoken awaited;
    bool right = false;
    spawn(awaited.io, [](spoken& s, bool& to) -> asio::awaitable<void> {
        to = is_right(
            co_await async_kernel_relay(s.a.end(), s.b.end(), {.half_close_timeout = 10s}, asio::use_awaitable));
    }(awaited, right));
    run(awaited.io);
    BOOST_TEST(right);

    spoken deferred;
    auto later = async_kernel_relay(deferred.a.end(), deferred.b.end(), asio::deferred);
    settle(deferred.io);
    BOOST_TEST(deferred.a.end().available() == 100u); // nothing has begun
    std::move(later)(deferred.result.handler());
    run(deferred.io);
    BOOST_TEST(is_right(deferred.result.result));

    spoken detached;
    async_kernel_relay(detached.a.end(), detached.b.end(), asio::detached);
    run(detached.io);
    BOOST_TEST(detached.a.end().available() == 0u);
}

BOOST_AUTO_TEST_CASE(the_default_token_of_the_first_end)
{
    spoken s;
    auto a = asio::use_awaitable.as_default_on(std::move(s.a.end()));
    auto b = asio::use_awaitable.as_default_on(std::move(s.b.end()));
    bool right = false;
    spawn(s.io, [](auto& x, auto& y, bool& to) -> asio::awaitable<void> {
        to = is_right(co_await async_kernel_relay(x, y));
    }(a, b, right));
    run(s.io);
    BOOST_TEST(right);
}

BOOST_AUTO_TEST_CASE(an_error_is_redirected_and_the_result_is_kept)
{
    spoken s;
    error_code first = asio::error::eof;
    error_code second;
    bool right = false;
    spawn(s.io, [](spoken& at, error_code& good, error_code& bad, bool& to) -> asio::awaitable<void> {
        to = is_right(
            co_await async_kernel_relay(at.a.end(), at.b.end(), asio::redirect_error(asio::use_awaitable, good)));
        at.a.end().close();
        co_await async_kernel_relay(at.a.end(), at.b.end(), asio::redirect_error(asio::use_awaitable, bad));
    }(s, first, second, right));
    run(s.io);
    BOOST_TEST(!first);
    BOOST_TEST(right);
    BOOST_TEST(second == failure(EBADF));
}

// Both cancel what is still under way by cancellation_type::terminal.
BOOST_AUTO_TEST_CASE(beside_a_timer_by_operators_and_in_a_group)
{
    relayed<> by_operators;
    spawn(by_operators.io, [](relayed<>& r) -> asio::awaitable<void> {
        using namespace asio::experimental::awaitable_operators;
        constexpr auto with_error = asio::as_tuple(asio::use_awaitable);
        asio::steady_timer timer{r.io, 20ms};
        const auto first =
            co_await (async_kernel_relay(r.a.end(), r.b.end(), with_error) || timer.async_wait(with_error));
        BOOST_TEST(first.index() == 1u);
    }(by_operators));
    run(by_operators.io);

    relayed<> grouped;
    bool over = false;
    asio::steady_timer timer{grouped.io, 20ms};
    asio::experimental::make_parallel_group(async_kernel_relay(grouped.a.end(), grouped.b.end(), asio::deferred),
                                            timer.async_wait(asio::deferred))
        .async_wait(
            asio::experimental::wait_for_one(asio::cancellation_type::terminal),
            [&](std::array<std::size_t, 2> order, error_code relay, const relay_result& result, error_code rang) {
                over = true;
                BOOST_TEST(order[0] == 1u);
                BOOST_TEST(relay == aborted);
                BOOST_TEST(result.a_to_b.bytes == 0u);
                BOOST_TEST(!rang);
            });
    run(grouped.io);
    BOOST_TEST(over);
}

BOOST_AUTO_TEST_CASE(memory_comes_from_the_handlers_allocator_and_is_released_before_the_upcall)
{
    spoken s;
    allocations counts;
    std::size_t live_at_upcall = 1;
    async_kernel_relay(s.a.end(), s.b.end(),
                       asio::bind_allocator(counting_allocator<>{counts}, [&](error_code, const relay_result& result) {
                           live_at_upcall = counts.live;
                           BOOST_TEST(is_right(result));
                       }));
    BOOST_TEST(counts.live > 0u);
    run(s.io);
    BOOST_TEST(live_at_upcall == 0u);
}

BOOST_AUTO_TEST_CASE(sockets_that_are_moved_in_end_with_the_relay)
{
    spoken s;
    async_kernel_relay(std::move(s.a.end()), std::move(s.b.end()), s.result.handler());
    run(s.io);
    BOOST_TEST(!s.result.error);
    BOOST_TEST(is_right(s.result.result));
    BOOST_TEST(!s.a.end().is_open());
    s.spawn(s.a.peer().receive());
    s.spawn(s.b.peer().receive());
    run(s.io);
    BOOST_TEST(s.a.peer().received == 200u);
    BOOST_TEST(s.b.peer().received == 100u);
}

BOOST_AUTO_TEST_CASE(the_handler_runs_on_its_strand)
{
    spoken s;
    auto strand = asio::make_strand(s.io);
    bool right = false;
    async_kernel_relay(s.a.end(), s.b.end(), {.idle_timeout = 60s},
                       asio::bind_executor(strand, [&](error_code error, const relay_result& result) {
                           right = strand.running_in_this_thread() && !error && is_right(result);
                       }));
    run(s.io);
    BOOST_TEST(right);
}

BOOST_AUTO_TEST_CASE(a_closed_end_is_refused)
{
    for (const bool first : {true, false})
    {
        spoken s;
        (first ? s.a.end() : s.b.end()).close();
        s.start();
        run(s.io);
        BOOST_TEST(s.result.error == failure(EBADF));
        BOOST_TEST(s.result.result.a_to_b.bytes == 0u);
    }
}

BOOST_AUTO_TEST_CASE(options_that_cannot_be_are_refused)
{
    for (const bool of_a : {true, false})
        for (const kernel_copy::copy_options& wrong :
             {kernel_copy::copy_options{.turn_budget = 0}, kernel_copy::copy_options{.buffer_size = 0}})
        {
            spoken s;
            relay_options options;
            (of_a ? options.a_to_b : options.b_to_a) = wrong;
            s.start(options);
            run(s.io);
            BOOST_TEST(s.result.error == failure(EINVAL));
        }
}

BOOST_AUTO_TEST_SUITE_END()

// Distributed under the Boost Software License, Version 1.0.
#include "paused_copies.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#if __has_include(<boost/asio/cancel_after.hpp>)
#include <boost/asio/cancel_after.hpp>
#endif

#include <tuple>

using namespace test;
using namespace asio::experimental::awaitable_operators;

namespace {

constexpr auto with_error = asio::as_tuple(asio::use_awaitable);

using states =
    std::tuple<waits_for_first_byte, waits_for_more, waits_for_sink<method::splice_through_pipe>, paces, reads_stream>;

/// Of a copy that has been stopped, nothing is lost.
template <class State>
void check(State& state, std::uint64_t said)
{
    const std::string arrived = state.arrived();
    BOOST_TEST(said == arrived.size());
    const asio::const_buffer rest = state.rest.data();
    const std::string kept{static_cast<const char*>(rest.data()), rest.size()};
    CHECK_SAME_BYTES(arrived + kept + state.remaining(), state.bytes);
}

template <class Awaitable>
void await(asio::io_context& io, Awaitable what)
{
    bool done = false;
    asio::co_spawn(io, std::move(what), [&](const std::exception_ptr& error) {
        done = true;
        if (error)
            std::rethrow_exception(error);
    });
    run_until(io, [&] { return done; });
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(cancellation_by_operators, descriptor_balance)

// The operator || cancels what is still under way by cancellation_type::terminal (awaitable_operators.hpp).
BOOST_AUTO_TEST_CASE_TEMPLATE(a_timer_that_is_awaited_beside_it, State, states)
{
    State state;
    await(state.io, [&]() -> asio::awaitable<void> {
        asio::steady_timer timer{state.io, std::chrono::milliseconds{20}};
        const auto first = co_await (state.start(with_error) || timer.async_wait(with_error));
        BOOST_TEST(first.index() == 1u);
    }());
    check(state, state.counters.delivered());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_group_of_operations, State, states)
{
    State state;
    await(state.io, [&]() -> asio::awaitable<void> {
        asio::steady_timer timer{state.io, std::chrono::milliseconds{20}};
        const auto [order, copied, bytes, timed] =
            co_await asio::experimental::make_parallel_group(state.start(asio::deferred),
                                                             timer.async_wait(asio::deferred))
                .async_wait(asio::experimental::wait_for_one(asio::cancellation_type::terminal), asio::use_awaitable);
        BOOST_TEST(order[0] == 1u);
        BOOST_TEST(copied == aborted);
        BOOST_TEST(!timed);
        check(state, bytes);
    }());
}

#if __has_include(<boost/asio/cancel_after.hpp>)
BOOST_AUTO_TEST_CASE_TEMPLATE(cancelled_after_a_time, State, states)
{
    State state;
    await(state.io, [&]() -> asio::awaitable<void> {
        const auto [error, bytes] = co_await state.start(asio::cancel_after(std::chrono::milliseconds{20}, with_error));
        BOOST_TEST(error == aborted);
        check(state, bytes);
    }());
}
#endif

BOOST_AUTO_TEST_SUITE_END()

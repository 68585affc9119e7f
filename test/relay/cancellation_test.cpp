// Distributed under the Boost Software License, Version 1.0.
#include "support/idle_pairs.hpp"
#include "support/relays.hpp"

using namespace test;
using asio::cancellation_type;
using kernel_copy::method;

namespace {

const auto every_type = {cancellation_type::total, cancellation_type::partial, cancellation_type::terminal};

/// Both sinks full, with bytes in flight in both directions.
template <class Relay>
void fill(Relay& r)
{
    r.spawn(r.a.peer().send(peer::all));
    r.spawn(r.b.peer().send(peer::all));
    run_until(r.io, [&] { return r.out.in_flight() != 0 && r.back.in_flight() != 0; });
    settle(r.io);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(cancellation_of_relays, descriptor_balance)

BOOST_AUTO_TEST_CASE(an_idle_relay_ends_at_any_request)
{
    for (const auto type : every_type)
    {
        relayed<> r;
        r.start({.idle_timeout = 60s});
        settle(r.io);
        r.signal.emit(type);
        BOOST_TEST(!r.result.done);
        settle(r.io);
        BOOST_TEST(r.result.done);
        BOOST_TEST(r.result.error == aborted);
        BOOST_TEST(r.result.result.a_to_b.error == aborted);
        BOOST_TEST(r.result.result.b_to_a.error == aborted);
    }
}

BOOST_AUTO_TEST_CASE(total_is_ignored_once_a_byte_was_taken_in_either_direction)
{
    for (const bool from_a : {true, false})
    {
        relayed<> r;
        r.start();
        r.spawn((from_a ? r.a.peer() : r.b.peer()).send(1));
        settle(r.io);
        r.signal.emit(cancellation_type::total);
        settle(r.io);
        BOOST_TEST(!r.result.done);
        r.signal.emit(cancellation_type::terminal);
        settle(r.io);
        BOOST_TEST(r.result.error == aborted);
    }
}

BOOST_AUTO_TEST_CASE(partial_delivers_what_is_in_flight_in_both_directions, *needs_kernel_methods)
{
    for (const auto methods : {kernel_copy::method_set{}, {method::splice_through_pipe}, {method::buffer}})
    {
        relayed<tcp_link> r;
        r.start({.a_to_b = {.methods = methods}, .b_to_a = {.methods = methods}});
        fill(r);
        const std::uint64_t taken_out = r.out.taken();
        const std::uint64_t taken_back = r.back.taken();
        r.signal.emit(cancellation_type::partial);
        settle(r.io);
        BOOST_TEST(!r.result.done);
        r.spawn(r.a.peer().receive());
        r.spawn(r.b.peer().receive());
        r.run_until_done();
        BOOST_TEST(r.result.error == aborted);
        BOOST_TEST(r.out.taken() == taken_out);
        BOOST_TEST(r.back.taken() == taken_back);
        BOOST_TEST(r.out.delivered() == taken_out);
        BOOST_TEST(r.back.delivered() == taken_back);
        run_until(r.io, [&] { return r.b.peer().received == taken_out && r.a.peer().received == taken_back; });
        BOOST_TEST(r.a.peer().intact);
        BOOST_TEST(r.b.peer().intact);
        r.a.end().close();
        r.b.end().close();
        run(r.io);
    }
}

BOOST_AUTO_TEST_CASE(terminal_ends_at_once_with_full_sinks, *needs_kernel_methods)
{
    for (const bool after_partial : {true, false})
        for (const auto methods : {kernel_copy::method_set{}, {method::splice_through_pipe}, {method::buffer}})
        {
            relayed<tcp_link> r;
            r.start({.idle_timeout = 60s, .a_to_b = {.methods = methods}, .b_to_a = {.methods = methods}});
            fill(r);
            if (after_partial)
                r.signal.emit(cancellation_type::partial);
            r.signal.emit(cancellation_type::terminal);
            settle(r.io);
            BOOST_TEST(r.result.done);
            BOOST_TEST(r.result.error == aborted);
            BOOST_TEST(r.result.result.a_to_b.bytes == r.out.delivered());
            BOOST_TEST(r.out.in_flight() != 0u);
            r.a.end().close();
            r.b.end().close();
            run(r.io);
        }
}

BOOST_AUTO_TEST_CASE(a_pause_ends_at_once, *needs_kernel_methods)
{
    for (const auto type : {cancellation_type::partial, cancellation_type::terminal})
        for (const auto methods : {kernel_copy::method_set{}, {method::splice_through_pipe}})
        {
            relayed<> r;
            // At one byte a second, after the first, each pause is a second long.
            const kernel_copy::copy_options slow{.methods = methods, .max_bytes_per_second = 1};
            r.start({.a_to_b = slow, .b_to_a = slow});
            r.spawn(r.a.peer().send(100));
            r.spawn(r.b.peer().send(100));
            run_until(r.io, [&] { return r.out.delivered() == 1 && r.back.delivered() == 1; });
            settle(r.io);
            r.signal.emit(type);
            const auto before = std::chrono::steady_clock::now();
            r.run_until_done();
            BOOST_TEST((std::chrono::steady_clock::now() - before < 500ms));
            BOOST_TEST(r.result.error == aborted);
            BOOST_TEST(r.out.taken() == r.out.delivered());
            BOOST_TEST(r.back.taken() == r.back.delivered());
        }
}

BOOST_AUTO_TEST_CASE(a_second_request_while_the_end_of_a_pause_is_under_way)
{
    // The copy is over, and one of the waits of its timer has not yet said so.
    const auto twice = [](asio::io_context& io, asio::cancellation_signal& signal) {
        signal.emit(cancellation_type::partial);
        asio::post(io, [&signal] { signal.emit(cancellation_type::terminal); });
    };
    idle_pairs p;
    asio::write(p.in.second, asio::buffer("paced", 5));
    cancellable copy{p.io, p.in.first, p.out.first, {.max_bytes_per_second = 1}};
    asio::post(p.io, [&] { twice(p.io, copy.signal); });
    run(p.io);
    BOOST_TEST(copy.result.error == aborted);
    BOOST_TEST(copy.result.bytes == 1u);

    relayed<> r;
    r.start({.a_to_b = {.max_bytes_per_second = 1}});
    r.spawn(r.a.peer().send(5));
    settle(r.io);
    asio::post(r.io, [&] { twice(r.io, r.signal); });
    run(r.io);
    BOOST_TEST(r.result.error == aborted);
    BOOST_TEST(r.out.delivered() == 1u);
}

BOOST_AUTO_TEST_CASE(the_signal_may_go_before_the_relay_or_speak_after_it)
{
    {
        relayed<> r;
        relay_outcome result;
        {
            asio::cancellation_signal shorter;
            async_kernel_relay(r.a.end(), r.b.end(), asio::bind_cancellation_slot(shorter.slot(), result.handler()));
            settle(r.io);
        }
        r.a.peer().close();
        r.b.peer().close();
        run(r.io);
        BOOST_TEST(result.done);
        BOOST_TEST(!result.error);
    }
    asio::cancellation_signal longer;
    {
        relayed<> r;
        relay_outcome result;
        async_kernel_relay(r.a.end(), r.b.end(), asio::bind_cancellation_slot(longer.slot(), result.handler()));
        r.a.peer().close();
        r.b.peer().close();
        run(r.io);
        BOOST_TEST(!result.error);
        longer.emit(cancellation_type::terminal);
    }
    longer.emit(cancellation_type::terminal);
    {
        relayed<> r; // destroyed with its relay under way
        async_kernel_relay(r.a.end(), r.b.end(),
                           asio::bind_cancellation_slot(longer.slot(), [](error_code, const relay_result&) {}));
        settle(r.io);
    }
    longer.emit(cancellation_type::terminal);
}

BOOST_AUTO_TEST_SUITE_END()

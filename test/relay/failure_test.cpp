// Distributed under the Boost Software License, Version 1.0.
#include "support/relays.hpp"

using namespace test;

namespace {

using tcp_relay = relayed<tcp_link>;

bool is_reset(const error_code& error)
{
    return error == failure(ECONNRESET) || error == failure(EPIPE);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(failures, descriptor_balance)

BOOST_AUTO_TEST_CASE(a_reset_from_either_side_in_the_middle_of_bulk_ends_the_relay)
{
    for (const bool from_a : {true, false})
        for (const bool speaks : {true, false})
        {
            tcp_relay r;
            r.start();
            peer& resets = from_a ? r.a.peer() : r.b.peer();
            peer& other = from_a ? r.b.peer() : r.a.peer();
            if (speaks)
                r.spawn(resets.send(peer::all));
            r.spawn(other.send(peer::all));
            r.spawn(other.receive());
            r.spawn([](peer& p) -> asio::awaitable<void> {
                co_await p.receive(5'000'000);
                p.reset();
            }(resets));
            r.run_until_done();
            BOOST_TEST(is_reset(r.result.error));
            // What was taken from the peer that was reset is delivered to the other.
            const auto& towards_other = from_a ? r.out : r.back;
            BOOST_TEST(towards_other.taken() == towards_other.delivered());
            run_until(r.io, [&] { return other.received == towards_other.delivered(); });
            r.a.end().close();
            r.b.end().close();
            run(r.io);
            BOOST_TEST(other.intact);
            BOOST_TEST(resets.intact);
        }
}

BOOST_AUTO_TEST_CASE(an_answer_that_has_arrived_before_the_refusal_is_passed_on, *needs_kernel_methods)
{
    // The upload, the answer and the reset are all there when the relay looks for the first time.
    for (const auto methods : {kernel_copy::method_set{}, {kernel_copy::method::splice_through_pipe}})
        for (const std::size_t answer : {1u, 60'000u})
        {
            tcp_relay r;
            r.start({.a_to_b = {.methods = methods}, .b_to_a = {.methods = methods}});
            settle(r.io);
            asio::write(r.a.peer().stream, asio::buffer(outward.at(0, 1000)));
            asio::write(r.b.peer().stream, asio::buffer(homeward.copy(0, answer)));
            r.b.peer().reset();
            r.spawn(r.a.peer().receive(answer));
            r.run_until_done();
            BOOST_TEST(is_reset(r.result.error));
            run_until(r.io, [&] { return r.a.peer().received == answer || r.a.peer().read_error; });
            BOOST_TEST(r.a.peer().received == answer);
            BOOST_TEST(r.a.peer().intact);
            BOOST_TEST(r.result.result.b_to_a.bytes == answer);
        }
}

BOOST_AUTO_TEST_CASE(an_upstream_that_answers_and_closes_without_reading)
{
    for (int i = 0; i != 50; ++i)
    {
        tcp_relay r;
        r.start();
        r.spawn(r.a.peer().send(20'000'000));
        r.spawn([](relayed<tcp_link>& relay) -> asio::awaitable<void> {
            co_await relay.b.peer().receive(10'000);
            co_await relay.b.peer().send(50'000);
            relay.b.peer().close(); // with bytes unread, which makes it a reset
        }(r));
        r.spawn(r.a.peer().receive(50'000));
        r.run_until_done();
        BOOST_TEST(is_reset(r.result.error));
        run_until(r.io, [&] { return r.a.peer().received == r.result.result.b_to_a.bytes; });
        r.a.end().close();
        run(r.io);
        BOOST_TEST(r.a.peer().intact);
        BOOST_TEST(r.back.taken() == r.back.delivered());
    }
}

BOOST_AUTO_TEST_CASE(P32_what_follows_a_reset_is_no_end)
{
    // The send to b says ECONNRESET, and from then on a read from b says that its stream has ended.
    tcp_relay r;
    r.start();
    settle(r.io);
    asio::write(r.a.peer().stream, asio::buffer("x", 1));
    r.b.peer().reset();
    r.run_until_done();
    BOOST_TEST(is_reset(r.result.error));
    BOOST_TEST(r.result.result.b_to_a.error.failed());
    settle(r.io);
    BOOST_TEST(!r.a.peer().saw_end);
}

BOOST_AUTO_TEST_CASE(both_peers_close_at_once)
{
    for (int i = 0; i != 200; ++i)
    {
        tcp_relay r;
        r.start();
        settle(r.io);
        r.a.peer().close();
        r.b.peer().close();
        r.run_until_done();
        BOOST_TEST((!r.result.error || is_reset(r.result.error)));
    }
}

BOOST_AUTO_TEST_CASE(an_end_closed_by_the_user_ends_the_relay)
{
    for (const bool close_a : {true, false})
        for (const bool bulk : {true, false})
        {
            relayed<> r;
            r.start();
            if (bulk)
            {
                r.spawn(r.a.peer().send(peer::all));
                r.spawn(r.b.peer().send(peer::all));
            }
            settle(r.io);
            (close_a ? r.a.end() : r.b.end()).close();
            r.spawn(r.a.peer().receive());
            r.spawn(r.b.peer().receive());
            r.run_until_done();
            BOOST_TEST(r.result.error.failed());
            r.a.end().close();
            r.b.end().close();
            run(r.io);
            BOOST_TEST(r.a.peer().intact);
            BOOST_TEST(r.b.peer().intact);
        }
}

BOOST_AUTO_TEST_CASE(one_end_may_be_destroyed_while_both_are_waited_for)
{
    // Each direction has waited for its sink before, and now waits for its source.
    for (const bool destroy_a : {true, false})
    {
        asio::io_context io;
        auto a = mortal_pair(io);
        auto b = mortal_pair(io);
        kernel_copy::monitor out;
        kernel_copy::monitor back;
        relay_outcome result;
        async_kernel_relay(*a.first, *b.first, {.a_to_b = {.monitor = &out}, .b_to_a = {.monitor = &back}},
                           result.handler());
        std::string at_a;
        std::string at_b;
        for (auto* const way : {&a, &b})
        {
            local::socket& from = way->second;
            local::socket& to = way == &a ? b.second : a.second;
            std::string& arrived = way == &a ? at_b : at_a;
            const std::string bytes = content(1'000'000);
            asio::async_write(from, asio::buffer(bytes), [](error_code, std::size_t) {});
            settle(io); // the sink is full
            run_until(io, [&] {
                arrived += read_now(to);
                return arrived.size() == bytes.size();
            });
            CHECK_SAME_BYTES(arrived, bytes);
        }
        settle(io);
        BOOST_TEST(out.waits() > 1u);
        BOOST_TEST(back.waits() > 1u);
        (destroy_a ? a : b).first.reset();
        run_until(io, [&] { return result.done; });
        BOOST_TEST(result.error == aborted);
    }
}

BOOST_AUTO_TEST_CASE(both_ends_may_be_destroyed_while_they_are_waited_for)
{
    for (const bool with_timer : {false, true})
    {
        asio::io_context io;
        auto a = mortal_pair(io);
        auto b = mortal_pair(io);
        relay_outcome result;
        async_kernel_relay(*a.first, *b.first, {.idle_timeout = with_timer ? 60s : 0s}, result.handler());
        settle(io);
        a.first.reset();
        b.first.reset();
        run(io);
        BOOST_TEST(result.error == aborted);
        BOOST_TEST(result.result.a_to_b.error == aborted);
        BOOST_TEST(result.result.b_to_a.error == aborted);
    }
}

BOOST_AUTO_TEST_SUITE_END()

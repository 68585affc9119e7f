// Distributed under the Boost Software License, Version 1.0.
#include "support/tls.hpp"

#include <boost/mpl/list.hpp>

using namespace test;
using std::chrono::steady_clock;

namespace {

using tls12 = tls_link<TLS1_2_VERSION>;
using tls13 = tls_link<TLS1_3_VERSION>;
using tls12_client = tls_link<TLS1_2_VERSION, false>;
using tls13_client = tls_link<TLS1_3_VERSION, false>;

asio::awaitable<void> answer_after_the_end(peer& p, std::uint64_t n)
{
    co_await p.receive();
    co_await p.send_all(n);
}

template <class Relay>
void half_close(bool a_first, std::uint64_t asked, std::uint64_t answered)
{
    Relay r;
    r.start();
    peer& first = a_first ? static_cast<peer&>(r.a.peer()) : r.b.peer();
    peer& second = a_first ? static_cast<peer&>(r.b.peer()) : r.a.peer();
    r.spawn(first.send_all(asked));
    r.spawn(answer_after_the_end(second, answered));
    r.spawn(first.receive());
    run(r.io);
    r.check_whole(a_first ? asked : answered, a_first ? answered : asked);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(tls, descriptor_balance)

using pairs = boost::mpl::list<relayed<tls13, tcp_link>, relayed<tcp_link, tls13>, relayed<tls12, local_link>,
                               relayed<tls12_client, tls13>, relayed<descriptor_link, tls12_client>,
                               relayed<tls13, tls13_client>>;

BOOST_AUTO_TEST_CASE_TEMPLATE(bytes_go_both_ways_at_once, relay, pairs)
{
    for (const std::uint64_t n : {0u, 1u, 16'384u, 65'537u, 3'000'000u})
    {
        relay r;
        r.send_both_ways(n, n + 1);
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_answer_that_begins_after_the_end_arrives_whole, relay, pairs)
{
    for (const bool a_first : {true, false})
    {
        half_close<relay>(a_first, 100'000, 16 << 20);
        for (std::uint64_t i = 0; i != 30; ++i)
            half_close<relay>(a_first, i * 997, 1 + i * 3001);
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(close_notify_is_sent_as_soon_as_the_other_peer_has_ended, relay, pairs)
{
    for (const bool a_first : {true, false})
    {
        relay r;
        r.start();
        peer& first = a_first ? static_cast<peer&>(r.a.peer()) : r.b.peer();
        peer& second = a_first ? static_cast<peer&>(r.b.peer()) : r.a.peer();
        r.spawn(second.receive());
        r.spawn(first.receive());
        r.spawn(first.send_all(1000));
        const auto since = steady_clock::now();
        run_until(r.io, [&] { return second.saw_end || second.read_error; });
        BOOST_TEST(second.saw_end);
        BOOST_TEST((steady_clock::now() - since < 2s));
        BOOST_TEST(second.received == 1000u);
        settle(r.io);
        BOOST_TEST(!r.result.done);
        r.spawn(second.send(500)); // still open this way
        run_until(r.io, [&] { return first.received == 500 || first.read_error; });
        r.spawn(second.send_all(500));
        run(r.io);
        r.check_whole(a_first ? 1000 : 1000, 1000);
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(both_end_at_once, relay, pairs)
{
    for (int i = 0; i != 100; ++i)
    {
        relay r;
        r.send_both_ways(70'000, 70'000);
    }
}

BOOST_AUTO_TEST_CASE(new_keys_in_the_middle_and_after_the_half_close)
{
    relayed<tcp_link, tls13> r;
    r.start();
    r.spawn(r.a.peer().receive());
    r.spawn([](tcp_link& a) -> asio::awaitable<void> {
        for (int i = 0; i != 10; ++i)
            co_await a.peer().send(100'000);
        co_await a.peer().finish();
    }(r.a));
    r.spawn([](tls13& b) -> asio::awaitable<void> {
        for (int i = 0; i != 20; ++i)
        {
            b.peer().update_keys();
            co_await b.peer().send(50'000);
        }
        co_await b.peer().receive();
        b.peer().update_keys();
        co_await b.peer().send_all(1'000'000);
    }(r.b));
    run(r.io);
    r.check_whole(1'000'000, 2'000'000);
}

BOOST_AUTO_TEST_CASE(a_stream_that_is_cut_off_has_not_ended_well)
{
    for (const bool resets : {true, false})
    {
        relayed<tls13, tcp_link> r;
        r.start();
        r.spawn(r.b.peer().receive());
        r.spawn([](relayed<tls13, tcp_link>& relay, bool reset) -> asio::awaitable<void> {
            co_await relay.a.peer().send(10'000);
            reset ? relay.a.peer().reset() : relay.a.peer().close();
        }(r, resets));
        r.run_until_done();
        BOOST_TEST(r.result.error.failed());
        BOOST_TEST(r.result.result.a_to_b.error == r.result.error);
        BOOST_TEST(r.out.taken() == r.out.delivered());
        settle(r.io);
        BOOST_TEST(!r.b.peer().saw_end); // the end of TLS is close_notify, and nothing less
        r.b.end().close();
        run(r.io);
        BOOST_TEST(r.b.peer().intact);
    }
}

BOOST_AUTO_TEST_CASE(requests_and_limits_end_a_relay_that_reads_tls)
{
    for (const auto type :
         {asio::cancellation_type::total, asio::cancellation_type::terminal, asio::cancellation_type::none})
    {
        relayed<tls13, tls12> r;
        const bool by_time = type == asio::cancellation_type::none;
        r.start({.idle_timeout = by_time ? 100ms : 0ms});
        settle(r.io);
        r.signal.emit(type);
        r.run_until_done();
        BOOST_TEST(r.result.error == (by_time ? timed_out : aborted));
        run(r.io);
    }
}

BOOST_AUTO_TEST_CASE(partial_cancellation_waits_for_what_a_tls_read_brings_and_delivers_it)
{
    relayed<tls13, tls12> r;
    r.start();
    settle(r.io);
    r.signal.emit(asio::cancellation_type::partial);
    r.spawn(r.b.peer().receive(1));
    r.spawn(r.a.peer().receive(1));
    settle(r.io);
    BOOST_TEST(!r.result.done);
    r.spawn(r.a.peer().send(1));
    r.spawn(r.b.peer().send(1));
    run(r.io);
    BOOST_TEST(r.result.error == aborted);
    BOOST_TEST(r.result.result.a_to_b.bytes == 1u);
    BOOST_TEST(r.result.result.b_to_a.bytes == 1u);
    BOOST_TEST(r.b.peer().intact);
}

BOOST_AUTO_TEST_CASE(partial_cancellation_of_bulk_delivers_what_was_decrypted)
{
    for (const bool terminal : {false, true})
    {
        relayed<tls13, tls12> r;
        r.start();
        r.spawn(r.a.peer().send(peer::all));
        r.spawn(r.b.peer().send(peer::all));
        run_until(r.io, [&] { return r.out.in_flight() != 0 && r.back.in_flight() != 0; });
        settle(r.io);
        r.signal.emit(terminal ? asio::cancellation_type::terminal : asio::cancellation_type::partial);
        if (!terminal)
        {
            settle(r.io);
            BOOST_TEST(!r.result.done);
            r.spawn(r.a.peer().receive());
            r.spawn(r.b.peer().receive());
        }
        r.run_until_done();
        BOOST_TEST(r.result.error == aborted);
        BOOST_TEST((terminal || r.out.taken() == r.out.delivered()));
        BOOST_TEST((terminal || r.back.taken() == r.back.delivered()));
        r.a.end().lowest_layer().close();
        r.b.end().lowest_layer().close();
        run(r.io);
        BOOST_TEST(r.a.peer().intact);
        BOOST_TEST(r.b.peer().intact);
    }
}

BOOST_AUTO_TEST_SUITE_END()

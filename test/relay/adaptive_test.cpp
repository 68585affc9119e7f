// Distributed under the Boost Software License, Version 1.0.
#include "support/fake_kernel.hpp"
#include "support/relays.hpp"

#include <random>

using namespace test;
using kernel_copy::copy_options;
using kernel_copy::method;
using kernel_copy::monitor;
using kernel_copy::detail::kernel_replacement;

namespace {

/// A copy from socket to socket, whose source's peer speaks and whose sink's peer listens.
struct copied
{
    explicit copied(const copy_options& options = {})
    {
        copy_options with = options;
        with.monitor = &counters;
        kernel_copy::async_kernel_copy(a.end(), b.end(), with, result.handler());
    }

    /// Says so much in pieces, each of which has arrived before the next is said.
    void carry(std::uint64_t pieces, std::uint64_t piece)
    {
        for (std::uint64_t i = 0; i != pieces; ++i)
        {
            const std::uint64_t until = b.peer().received + piece;
            spawn(io, a.peer().send(piece, piece));
            spawn(io, b.peer().receive(until));
            run_until(io, [&] { return b.peer().received == until; });
        }
        settle(io);
        BOOST_TEST(b.peer().intact);
    }
    std::uint64_t spliced() const { return counters.bytes(method::splice_through_pipe); }
    kernel_copy::pipe_pool& pool() { return asio::use_service<kernel_copy::pipe_pool>(io); }

    asio::io_context io{};
    monitor counters{};
    tcp_link a{io, place::a};
    local_link b{io, place::b};
    outcome result{};
};

constexpr std::uint64_t bulk = 20'000'000;

} // namespace

BOOST_FIXTURE_TEST_SUITE(adaptive, descriptor_balance)

BOOST_AUTO_TEST_CASE(small_messages_never_open_a_pipe)
{
    fake_kernel kernel;
    const kernel_replacement replaced{kernel};
    copied c;
    c.a.peer().stream.set_option(tcp::no_delay{true});
    for (const std::uint64_t size : {1u, 64u, 1000u, 16'000u})
        c.carry(300, size);
    BOOST_TEST(kernel.count("pipe") == 0u);
    BOOST_TEST(kernel.count("splice") == 0u);
    BOOST_TEST(c.counters.bytes(method::buffer) == c.b.peer().received);
}

BOOST_AUTO_TEST_CASE(bulk_is_spliced_small_messages_are_not_and_bulk_is_again, *needs_kernel_methods)
{
    copied c;
    c.a.peer().stream.set_option(tcp::no_delay{true});
    c.carry(10, 64);
    BOOST_TEST(c.pool().pipes() == 0u);
    std::uint64_t spliced = 0;
    for (int round = 0; round != 3; ++round)
    {
        c.carry(1, bulk);
        BOOST_TEST(c.spliced() > spliced + bulk / 2);
        BOOST_TEST(c.pool().kept() == 1u); // it waits, and holds none
        BOOST_TEST(c.pool().pipes() == 1u);
        c.carry(20, 64);
        spliced = c.spliced();
        c.carry(20, 64);
        BOOST_TEST(c.spliced() == spliced);
    }
}

BOOST_AUTO_TEST_CASE(P13_any_mix_of_sizes_arrives_in_order)
{
    for (int round = 0; round != 5; ++round)
    {
        const unsigned seed = std::random_device{}();
        BOOST_TEST_MESSAGE("seed " << seed);
        BOOST_TEST_CONTEXT("seed " << seed)
        {
            std::mt19937_64 random{seed};
            relayed<tcp_link, tcp_link> r;
            r.start({.a_to_b = {.turn_budget = 1 + random() % 2'000'000}});
            std::uint64_t out = 0;
            std::uint64_t back = 0;
            const auto speak = [&](peer& p, std::uint64_t& said) -> asio::awaitable<void> {
                for (int i = 0; i != 60; ++i)
                {
                    const std::uint64_t size = random() % (std::uint64_t{1} << (random() % 21) | 1) + 1;
                    for (std::uint64_t times = 1 + random() % 40; times != 0 && said < 40'000'000; --times)
                    {
                        co_await p.send(size, size);
                        said += size;
                    }
                    if (random() % 3 == 0)
                        co_await asio::post(asio::use_awaitable);
                }
                co_await p.finish();
            };
            r.spawn(speak(r.a.peer(), out));
            r.spawn(speak(r.b.peer(), back));
            r.spawn(r.a.peer().receive());
            r.spawn(r.b.peer().receive());
            run(r.io);
            r.check_whole(out, back);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_set_of_one_method_is_kept_to, *needs_kernel_methods)
{
    for (const method only : {method::buffer, method::splice_through_pipe})
    {
        copied c{{.methods = {only}}};
        c.carry(10, 64);
        c.carry(1, bulk);
        c.carry(10, 64);
        BOOST_TEST(c.counters.bytes(only) == c.b.peer().received);
        BOOST_TEST(c.pool().pipes() == (only == method::buffer ? 0u : 1u));
        BOOST_TEST(c.pool().kept() == c.pool().pipes());
    }
}

BOOST_AUTO_TEST_CASE(a_byte_at_a_time_through_a_full_sink, *needs_kernel_methods)
{
    for (const auto methods : {kernel_copy::method_set{}, {method::splice_through_pipe}})
    {
        copied c{{.methods = methods}};
        c.a.peer().stream.set_option(tcp::no_delay{true});
        spawn(c.io, c.a.peer().send(3'000'000));
        run_until(c.io, [&] { return c.counters.in_flight() != 0; });
        spawn(c.io, c.a.peer().send(0));
        settle(c.io); // the sink is full, and so is the source
        const auto slowly = [&]() -> asio::awaitable<void> {
            while (c.b.peer().received != 3'002'000)
                co_await c.b.peer().receive(std::min<std::uint64_t>(c.b.peer().received + 5000, 3'002'000));
        };
        spawn(c.io, slowly());
        run_until(c.io, [&] { return c.a.peer().sent == 3'000'000; });
        spawn(c.io, c.a.peer().send(2000, 1));
        run_until(c.io, [&] { return c.b.peer().received == 3'002'000; });
        BOOST_TEST(c.b.peer().intact);
        BOOST_TEST(c.counters.delivered() == 3'002'000u);
    }
}

BOOST_AUTO_TEST_CASE(P1_urgent_data_in_both_directions)
{
    for (const auto methods : {kernel_copy::method_set{}, {method::buffer}})
        for (const bool in_bulk : {true, false})
        {
            relayed<tcp_link> r;
            r.start({.a_to_b = {.methods = methods}, .b_to_a = {.methods = methods}});
            const std::uint64_t n = in_bulk ? 2'000'000 : 100;
            const auto speak = [n](socket_peer& p, const peer& hearer) -> asio::awaitable<void> {
                for (int i = 0; i != 20; ++i)
                {
                    // TCP makes an urgent byte that nobody has passed a part of the stream when the next one comes.
                    while (hearer.received != p.sent)
                        co_await asio::post(asio::use_awaitable);
                    co_await p.send(n / 2);
                    BOOST_TEST(::send(p.stream.native_handle(), "!", 1, MSG_OOB) == 1); // no part of the stream
                    co_await p.send(n / 2);
                }
                co_await p.finish();
            };
            r.spawn(speak(r.a.peer(), r.b.peer()));
            r.spawn(speak(r.b.peer(), r.a.peer()));
            r.spawn(r.a.peer().receive());
            r.spawn(r.b.peer().receive());
            run(r.io);
            r.check_whole(20 * n, 20 * n);
        }
}

BOOST_AUTO_TEST_SUITE_END()

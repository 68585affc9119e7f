// Distributed under the Boost Software License, Version 1.0.
#include "support/relays.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

using namespace test;
using kernel_copy::monitor;

namespace {

void run_on_threads(asio::io_context& io)
{
    std::vector<std::thread> threads;
    for (int i = 0; i != 4; ++i)
        threads.emplace_back([&] { io.run_for(patience); });
    for (std::thread& thread : threads)
        thread.join();
    BOOST_TEST(io.stopped());
}

/// A relay without a strand; each of its peers has one.
template <class A, class B>
struct relay_on_threads
{
    explicit relay_on_threads(asio::io_context& io)
        : a{io, place::a}, b{io, place::b}, strand_a{io.get_executor()}, strand_b{io.get_executor()}
    {}

    void start(relay_options options)
    {
        options.a_to_b.monitor = &out;
        options.b_to_a.monitor = &back;
        // Boost.Test's own checks are not for several threads at once.
        async_kernel_relay(a.end(), b.end(), options, [this](error_code e, const relay_result& r) {
            ended += 1;
            error = e;
            result = r;
        });
    }
    void spawn_bulk(std::uint64_t n)
    {
        spawn(strand_a, a.peer().send_all(n));
        spawn(strand_a, a.peer().receive());
        spawn(strand_b, b.peer().send_all(n));
        spawn(strand_b, b.peer().receive());
    }
    void spawn_ping_pong(int times)
    {
        spawn(strand_a, [](relay_on_threads& r, int n) -> asio::awaitable<void> {
            for (int i = 1; i <= n; ++i)
            {
                co_await r.a.peer().send(64);
                co_await r.a.peer().receive(static_cast<std::uint64_t>(i) * 64);
            }
            co_await r.a.peer().finish();
            co_await r.a.peer().receive();
        }(*this, times));
        spawn(strand_b, [](relay_on_threads& r, int n) -> asio::awaitable<void> {
            for (int i = 1; i <= n; ++i)
            {
                co_await r.b.peer().receive(static_cast<std::uint64_t>(i) * 64);
                co_await r.b.peer().send(64);
            }
            co_await r.b.peer().receive();
            co_await r.b.peer().finish();
        }(*this, times));
    }
    void check(std::uint64_t n)
    {
        BOOST_TEST(ended == 1);
        BOOST_TEST(!error);
        BOOST_TEST(result.a_to_b.bytes == n);
        BOOST_TEST(result.b_to_a.bytes == n);
        BOOST_TEST(out.delivered() == n);
        BOOST_TEST(back.delivered() == n);
        for (const peer* const p : {static_cast<const peer*>(&a.peer()), static_cast<const peer*>(&b.peer())})
        {
            BOOST_TEST(p->intact);
            BOOST_TEST(p->saw_end);
            BOOST_TEST(p->received == n);
        }
    }

    monitor out{};
    monitor back{};
    A a;
    B b;
    asio::strand<asio::io_context::executor_type> strand_a;
    asio::strand<asio::io_context::executor_type> strand_b;
    std::atomic<int> ended{0};
    error_code error{};
    relay_result result{};
};

using plain = relay_on_threads<tcp_link, local_link>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(relays_on_threads, descriptor_balance)

BOOST_AUTO_TEST_CASE(many_relays_without_a_strand)
{
    asio::io_context io;
    constexpr std::uint64_t bulk = 3'000'000;
    constexpr int round_trips = 200;
    std::vector<std::unique_ptr<plain>> relays;
    for (int i = 0; i != 50; ++i)
    {
        relays.push_back(std::make_unique<plain>(io));
        plain& r = *relays.back();
        relay_options options;
        if (i % 2 == 0)
            options = {.idle_timeout = 20s, .half_close_timeout = 10s};
        if (i % 5 == 0)
            options.a_to_b.max_bytes_per_second = options.b_to_a.max_bytes_per_second = 20'000'000;
        options.a_to_b.turn_budget = i % 3 == 0 ? 50'000 : 1'000'000;
        r.start(options);
        if (i % 2 == 0)
            r.spawn_bulk(bulk);
        else
            r.spawn_ping_pong(round_trips);
    }
    run_on_threads(io);
    for (int i = 0; i != 50; ++i)
        relays[static_cast<std::size_t>(i)]->check(i % 2 == 0 ? bulk : 64u * round_trips);
    const auto& pool = asio::use_service<kernel_copy::pipe_pool>(io);
    BOOST_TEST(pool.pipes() == pool.kept());
}

BOOST_AUTO_TEST_CASE(P18_the_counters_of_each_direction_are_read_by_another_thread)
{
    for (const bool fails : {false, true})
    {
        asio::io_context io;
        plain r{io};
        r.start({.a_to_b = {.turn_budget = 100'000}});
        std::atomic<bool> stop{false};
        std::atomic<bool> sound{true};
        std::thread reader{[&] {
            std::uint64_t before[2]{};
            while (!stop)
            {
                const monitor* const both[] = {&r.out, &r.back};
                for (int way = 0; way != 2; ++way)
                {
                    const std::uint64_t now = both[way]->delivered();
                    sound = sound && now >= before[way] && both[way]->taken() >= now;
                    before[way] = now;
                    static_cast<void>(both[way]->in_flight());
                    static_cast<void>(both[way]->current());
                    static_cast<void>(both[way]->bytes(kernel_copy::method::splice_through_pipe));
                }
                std::this_thread::yield();
            }
        }};
        constexpr std::uint64_t n = 20'000'000;
        if (fails)
        {
            spawn(r.strand_a, r.a.peer().send(n));
            spawn(r.strand_a, r.a.peer().receive());
            spawn(r.strand_b, r.b.peer().send(n));
            spawn(r.strand_b, [](plain& relay) -> asio::awaitable<void> {
                co_await relay.b.peer().receive(n / 2);
                relay.b.peer().close();
            }(r));
            spawn(r.strand_a, [](plain& relay) -> asio::awaitable<void> {
                while (relay.ended == 0 || relay.a.peer().received != relay.back.delivered())
                    co_await asio::post(asio::use_awaitable);
                relay.a.end().close();
            }(r));
        }
        else
            r.spawn_bulk(n);
        run_on_threads(io);
        stop = true;
        reader.join();
        BOOST_TEST(sound);
        if (!fails)
        {
            r.check(n);
            continue;
        }
        BOOST_TEST(r.error.failed());
        BOOST_TEST(r.result.a_to_b.bytes == r.out.delivered());
        BOOST_TEST(r.result.b_to_a.bytes == r.back.delivered());
        BOOST_TEST(r.b.peer().received <= r.out.delivered());
        BOOST_TEST(r.a.peer().received == r.back.delivered());
        BOOST_TEST(r.a.peer().intact);
        BOOST_TEST(r.b.peer().intact);
    }
}

BOOST_AUTO_TEST_CASE(cancellation_from_the_strand_in_any_state)
{
    asio::io_context io;
    constexpr std::size_t n = 100;
    std::vector<std::unique_ptr<plain>> relays;
    std::vector<std::unique_ptr<asio::cancellation_signal>> signals;
    for (std::size_t i = 0; i != n; ++i)
    {
        relays.push_back(std::make_unique<plain>(io));
        signals.push_back(std::make_unique<asio::cancellation_signal>());
        plain& r = *relays[i];
        asio::cancellation_signal& signal = *signals[i];
        const auto strand = asio::make_strand(io);
        const auto type = i % 2 == 0 ? asio::cancellation_type::terminal : asio::cancellation_type::partial;
        asio::post(strand, [&r, &signal, strand, i] {
            const kernel_copy::copy_options way{.max_bytes_per_second = i % 5 == 0 ? 1'000'000u : 0u};
            async_kernel_relay(r.a.end(), r.b.end(), {.idle_timeout = 20s, .a_to_b = way, .b_to_a = way},
                               asio::bind_cancellation_slot(
                                   signal.slot(), asio::bind_executor(strand, [&r](error_code e, const relay_result&) {
                                       r.ended += 1;
                                       r.error = e;
                                       r.a.end().close();
                                       r.b.end().close();
                                   })));
        });
        if (i % 4 != 0) // or idle
            r.spawn_bulk(peer::all);
        const auto later = std::make_shared<asio::steady_timer>(io, std::chrono::milliseconds{i % 7});
        later->async_wait(asio::bind_executor(strand, [&signal, type, later](error_code) { signal.emit(type); }));
    }
    run_on_threads(io);
    for (const auto& r : relays)
    {
        BOOST_TEST(r->ended == 1);
        BOOST_TEST(r->error == aborted);
        BOOST_TEST(r->a.peer().intact);
        BOOST_TEST(r->b.peer().intact);
    }
}

BOOST_AUTO_TEST_SUITE_END()

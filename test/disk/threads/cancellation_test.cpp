// Distributed under the Boost Software License, Version 1.0.
//
// Requests to stop that come while a worker is at its step.
#include "support/disk_ends.hpp"
#include "support/held_kernel.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/use_awaitable.hpp>

using namespace test;
using asio::cancellation_type;
using kernel_copy::copy_options;
using kernel_copy::file_range;
using kernel_copy::method;
using kernel_copy::method_set;

namespace {

constexpr std::size_t size = 3'000'000;

const method_set file_ways[] = {{}, {method::buffer}};

struct bench
{
    template <class Source, class Sink>
    void start(Source& from, Sink& to, copy_options options)
    {
        options.disk = disk::always;
        options.monitor = &counters;
        kernel_copy::async_kernel_copy(from, to, options,
                                       asio::bind_cancellation_slot(signal.slot(), result.handler()));
    }
    /// Runs until so many steps wait, or have passed, and nothing else is to be done.
    void run_to_step(std::size_t steps)
    {
        run_until(io, [&] {
            asio::post(io, [] {});
            return kernel.steps() >= steps;
        });
        settle(io);
    }
    /// Does not end before the step does.
    void request(cancellation_type type)
    {
        signal.emit(type);
        settle(io);
        BOOST_TEST(!result.done);
    }
    void finish(receiver* peer = nullptr)
    {
        kernel.open();
        run_until(io, [&] {
            if (peer != nullptr)
                arrived += peer->arrived();
            return result.done;
        });
        if (peer != nullptr)
            arrived += peer->arrived();
    }

    held_kernel kernel{};
    temp_dir dir{};
    asio::io_context io{};
    kernel_copy::monitor counters{};
    disk_file_source source{io, content(size)};
    kernel_copy::file& in = source.end();
    asio::cancellation_signal signal{};
    outcome result{};
    std::string arrived{};
};

/// A sink that takes no more, bytes that wait for it, and a step that brings more.
struct full_bench : bench
{
    template <class Source>
    void fill(Source& from, const method_set& methods)
    {
        start(from, peer.sink(), {.methods = methods});
        for (std::size_t step = 1;; ++step)
        {
            run_to_step(step);
            if (counters.in_flight() != 0)
                break;
            BOOST_REQUIRE(!result.done);
            kernel.let_pass(1);
        }
        before = counters.taken();
    }
    receiver peer{io};
    std::uint64_t before = 0;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(disk_cancellation, balance)

BOOST_AUTO_TEST_CASE(terminal_gives_back_what_the_sink_has_not_taken)
{
    for (const method_set& methods : file_ways)
        for (const bool ranged : {false, true})
        {
            full_bench b;
            auto range = file_range(b.in, 0);
            ranged ? b.fill(range, methods) : b.fill(b.in, methods);
            b.request(cancellation_type::terminal);
            b.kernel.open();
            run_until(b.io, [&] { return b.result.done; }); // nobody reads
            b.arrived = b.peer.arrived();
            BOOST_TEST(b.result.error == aborted);
            BOOST_TEST(b.result.bytes == b.arrived.size());
            BOOST_TEST(b.result.bytes < b.before);
            BOOST_TEST(b.counters.taken() == b.counters.delivered());
            BOOST_TEST(position_of(b.in.native_handle()) == (ranged ? 0 : b.result.bytes));
            BOOST_TEST(range.offset() == (ranged ? b.result.bytes : 0));
            CHECK_SAME_BYTES(b.arrived, content(b.arrived.size()));
        }
}

BOOST_AUTO_TEST_CASE(partial_delivers_what_is_in_flight_and_what_the_step_brings)
{
    for (const method_set& methods : file_ways)
    {
        full_bench b;
        auto limited = kernel_copy::take(b.in, size);
        b.fill(limited, methods);
        b.request(cancellation_type::partial);
        b.finish(&b.peer);
        BOOST_TEST(b.result.error == aborted);
        BOOST_TEST(b.result.bytes > b.before);
        BOOST_TEST(b.result.bytes < size);
        BOOST_TEST(b.counters.taken() == b.counters.delivered());
        BOOST_TEST(position_of(b.in.native_handle()) == b.result.bytes);
        BOOST_TEST(limited.limit() == size - b.result.bytes);
        CHECK_SAME_BYTES(b.arrived, content(b.result.bytes));
    }
}

BOOST_AUTO_TEST_CASE(terminal_after_partial_ends_the_wait_for_the_sink)
{
    for (const method_set& methods : file_ways)
    {
        full_bench b;
        b.fill(b.in, methods);
        b.request(cancellation_type::partial);
        b.kernel.open();
        for (std::uint64_t was = b.before; b.counters.taken() == was;)
            settle(b.io); // until the step has brought its bytes
        BOOST_TEST(!b.result.done);
        b.signal.emit(cancellation_type::terminal);
        run_until(b.io, [&] { return b.result.done; });
        b.arrived = b.peer.arrived();
        BOOST_TEST(b.result.error == aborted);
        BOOST_TEST(position_of(b.in.native_handle()) == b.result.bytes);
        CHECK_SAME_BYTES(b.arrived, content(b.result.bytes));
    }
}

BOOST_AUTO_TEST_CASE(total_is_ignored_once_bytes_were_taken)
{
    for (const method_set& methods : file_ways)
    {
        full_bench b;
        b.fill(b.in, methods);
        b.request(cancellation_type::total);
        b.finish(&b.peer);
        BOOST_TEST(!b.result.error);
        CHECK_SAME_BYTES(b.arrived, content(size));
    }
}

BOOST_AUTO_TEST_CASE(at_the_first_step_of_all)
{
    for (const method_set& methods : file_ways)
        for (const auto type : {cancellation_type::total, cancellation_type::partial, cancellation_type::terminal})
        {
            bench b;
            receiver peer{b.io};
            b.start(b.in, peer.sink(), {.methods = methods});
            b.run_to_step(1);
            b.request(type);
            b.finish(&peer);
            // The step was under way, so bytes had been taken before a total request could be honoured.
            BOOST_TEST(b.result.error == (type == cancellation_type::total ? error_code{} : aborted));
            BOOST_TEST(position_of(b.in.native_handle()) == b.result.bytes);
            CHECK_SAME_BYTES(b.arrived, content(b.result.bytes));
            if (type == cancellation_type::terminal)
                BOOST_TEST(b.result.bytes == 0u);
            else
                BOOST_TEST(b.result.bytes != 0u);
        }
}

BOOST_AUTO_TEST_CASE(file_to_file_ends_behind_the_step)
{
    for (const auto& methods : {method_set{}, method_set{method::sendfile}, method_set{method::buffer}})
        for (const auto type : {cancellation_type::total, cancellation_type::partial, cancellation_type::terminal})
            for (const std::size_t step : {1u, 2u, 4u})
            {
                bench b;
                auto out = create_file(b.io, b.dir.path("out"));
                b.kernel.cut_steps_to(100'000);
                b.kernel.let_pass(step - 1);
                b.start(b.in, out, {.methods = methods});
                b.run_to_step(step);
                b.request(type);
                b.finish();
                BOOST_TEST(b.result.error == (type == cancellation_type::total ? error_code{} : aborted));
                BOOST_TEST(b.result.bytes <= (type == cancellation_type::total ? size : step * 100'000));
                BOOST_TEST(position_of(b.in.native_handle()) == b.result.bytes);
                BOOST_TEST(position_of(out.native_handle()) == b.result.bytes);
                BOOST_TEST(b.counters.taken() == b.counters.delivered());
                CHECK_SAME_BYTES(read_file(b.dir.path("out")), content(b.result.bytes));
            }
}

BOOST_AUTO_TEST_CASE(socket_to_file_ends_behind_the_step)
{
    for (const method_set& methods : file_ways)
        for (const auto type : {cancellation_type::total, cancellation_type::partial, cancellation_type::terminal})
            for (const std::size_t step : {1u, 3u})
            {
                bench b;
                auto sockets = local_pair(b.io);
                auto out = create_file(b.io, b.dir.path("out"));
                const std::string bytes = content(500'000);
                feed(sockets.second, bytes);
                b.kernel.cut_steps_to(20'000);
                b.kernel.let_pass(step - 1);
                b.start(sockets.first, out, {.methods = methods});
                b.run_to_step(step);
                b.request(type);
                const std::uint64_t taken = b.counters.taken();
                b.finish();
                const bool ignored = type == cancellation_type::total;
                BOOST_TEST(b.result.error == (ignored ? error_code{} : aborted));
                BOOST_TEST(position_of(out.native_handle()) == b.result.bytes);
                CHECK_SAME_BYTES(read_file(b.dir.path("out")), content(b.result.bytes));
                BOOST_TEST(b.counters.delivered() == b.result.bytes);
                BOOST_TEST(b.counters.taken() == (ignored ? bytes.size() : taken));
                if (type == cancellation_type::partial)
                    BOOST_TEST(b.result.bytes == taken);
                if (type == cancellation_type::terminal)
                    BOOST_TEST(b.result.bytes == step * 20'000);
                std::string rest;
                collect(sockets.first, rest); // nothing was taken and not counted
                run(b.io);
                CHECK_SAME_BYTES(rest, bytes.substr(b.counters.taken()));
            }
}

BOOST_AUTO_TEST_CASE(of_two_awaitables_the_loser_ends_behind_its_step)
{
    using namespace asio::experimental::awaitable_operators;
    bench b;
    auto out = create_file(b.io, b.dir.path("out"));
    b.kernel.cut_steps_to(100'000);
    bool over = false;
    std::size_t first = 0;
    asio::co_spawn(
        b.io,
        [&]() -> asio::awaitable<void> {
            const copy_options options{.methods = {method::sendfile}}; // whose first call is a step
            const auto both = co_await (kernel_copy::async_kernel_copy(b.in, out, options, asio::use_awaitable) ||
                                        asio::post(b.io, asio::use_awaitable));
            first = both.index();
            over = true;
        },
        asio::detached);
    b.run_to_step(1);
    BOOST_TEST(!over);
    b.kernel.open();
    run_until(b.io, [&] { return over; });
    BOOST_TEST(first == 1u);
    const std::uint64_t copied = position_of(b.in.native_handle());
    BOOST_TEST(copied == 100'000u);
    CHECK_SAME_BYTES(read_file(b.dir.path("out")), content(copied));
}

BOOST_AUTO_TEST_SUITE_END()

// Distributed under the Boost Software License, Version 1.0.
#include "support/content.hpp"
#include "support/ends.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <atomic>
#include <thread>
#include <vector>

using namespace test;
using kernel_copy::async_kernel_copy;
using kernel_copy::file_range;

namespace {

/// Runs a context on four threads until all is done, or the bound is reached.
void run_on_threads(asio::io_context& io)
{
    std::vector<std::thread> threads;
    for (int i = 0; i != 4; ++i)
        threads.emplace_back([&] { io.run_for(patience); });
    for (std::thread& thread : threads)
        thread.join();
    BOOST_TEST(io.stopped());
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(threads, descriptor_balance)

BOOST_AUTO_TEST_CASE(relays_on_many_threads_with_one_monitor_that_is_read_meanwhile)
{
    asio::io_context io;
    const std::string bytes = content(1'000'000);
    constexpr std::size_t n = 8;
    struct chain
    {
        explicit chain(asio::io_context& on)
            : strand{asio::make_strand(on)}, in{local_pair(on)}, middle{tcp_pair(on)}, out{local_pair(on)}
        {}
        asio::strand<asio::io_context::executor_type> strand;
        std::pair<local::socket, local::socket> in;
        std::pair<tcp::socket, tcp::socket> middle;
        std::pair<local::socket, local::socket> out;
        std::string arrived{};
    };
    std::vector<std::unique_ptr<chain>> chains;
    kernel_copy::monitor counters;
    std::atomic<std::uint64_t> sum{0};
    const kernel_copy::copy_options options{.turn_budget = 20'000, .monitor = &counters};
    for (std::size_t i = 0; i != n; ++i)
    {
        chains.push_back(std::make_unique<chain>(io));
        chain& c = *chains.back();
        // Each socket belongs to one chain of handlers: the two copies share none.
        async_kernel_copy(c.in.first, c.middle.first, options, [&](error_code, std::uint64_t moved) {
            sum += moved;
            c.middle.first.close();
        });
        async_kernel_copy(c.middle.second, c.out.first, options,
                          asio::bind_executor(c.strand, [&](error_code, std::uint64_t moved) {
                              sum += moved;
                              c.out.first.close();
                          }));
        feed(c.in.second, bytes);
        collect(c.out.second, c.arrived);
    }
    std::atomic<bool> done{false};
    std::atomic<bool> monotonic{true};
    std::thread reader{[&] {
        std::uint64_t before = 0;
        while (!done)
        {
            const std::uint64_t now = counters.delivered();
            monotonic = monotonic && now >= before; // Boost.Test's own checks are not for two threads at once
            before = now;
            static_cast<void>(counters.current());
            static_cast<void>(counters.given_up(kernel_copy::method::splice_through_pipe));
            std::this_thread::yield();
        }
    }};
    run_on_threads(io);
    done = true;
    reader.join();
    BOOST_TEST(monotonic);
    BOOST_TEST(sum == 2 * n * bytes.size());
    BOOST_TEST(counters.delivered() == sum);
    BOOST_TEST(counters.taken() == sum);
    for (const auto& c : chains)
        CHECK_SAME_BYTES(c->arrived, bytes);
}

BOOST_AUTO_TEST_CASE(one_file_serves_ranges_on_many_threads)
{
    asio::io_context io;
    temp_dir dir;
    const std::string bytes = content(500'000);
    write_file(dir.path("in"), bytes);
    auto file = open_file(io, dir.path("in"));
    constexpr std::size_t n = 16;
    std::vector<std::unique_ptr<tcp_sink>> sinks;
    std::atomic<std::size_t> errors{0};
    for (std::size_t i = 0; i != n; ++i)
        sinks.push_back(std::make_unique<tcp_sink>(io));
    for (std::size_t i = 0; i != n; ++i)
        asio::post(io, [&, i] {
            async_kernel_copy(file_range(file, i * 1000, 400'000), sinks[i]->end(), {.turn_budget = 30'000},
                              [&, i](error_code error, std::uint64_t) {
                                  sinks[i]->finish();
                                  errors += error.failed() ? 1 : 0;
                              });
        });
    run_on_threads(io);
    BOOST_TEST(errors == 0u);
    for (std::size_t i = 0; i != n; ++i)
        CHECK_SAME_BYTES(sinks[i]->bytes(), bytes.substr(i * 1000, 400'000));
}

BOOST_AUTO_TEST_CASE(coroutines_and_cancellation_on_strands)
{
    asio::io_context io;
    constexpr std::size_t n = 50;
    std::atomic<std::size_t> cancelled{0};
    for (std::size_t i = 0; i != n; ++i)
        asio::co_spawn(
            asio::make_strand(io),
            [&]() -> asio::awaitable<void> {
                const auto executor = co_await asio::this_coro::executor;
                local::socket a{executor};
                local::socket b{executor};
                local::socket c{executor};
                local::socket d{executor};
                asio::local::connect_pair(a, b);
                asio::local::connect_pair(c, d);
                asio::cancellation_signal signal;
                outcome result;
                async_kernel_copy(b, c,
                                  asio::bind_cancellation_slot(
                                      signal.slot(), asio::bind_executor(executor, [&](error_code e, std::uint64_t m) {
                                          result.done = true;
                                          result.error = e;
                                          result.bytes = m;
                                      })));
                co_await asio::async_write(a, asio::buffer("bytes"), asio::use_awaitable);
                char five[6];
                co_await asio::async_read(d, asio::buffer(five), asio::use_awaitable);
                signal.emit(asio::cancellation_type::terminal);
                while (!result.done)
                    co_await asio::post(executor, asio::use_awaitable);
                if (result.error == asio::error::operation_aborted && result.bytes == 6)
                    ++cancelled;
            },
            [](const std::exception_ptr& e) {
                if (e)
                    std::rethrow_exception(e);
            });
    run_on_threads(io);
    BOOST_TEST(cancelled == n);
}

BOOST_AUTO_TEST_CASE(a_future_is_waited_for_on_another_thread)
{
    asio::io_context io;
    auto in = tcp_pair(io);
    auto out = tcp_pair(io);
    auto work = asio::make_work_guard(io);
    std::thread runner{[&] { io.run_for(patience); }};
    auto copied = async_kernel_copy(in.first, out.first, asio::use_future);
    asio::write(in.second, asio::buffer("through the kernel"));
    in.second.close();
    BOOST_TEST(copied.get() == 19u);
    work.reset();
    runner.join();
}

BOOST_AUTO_TEST_SUITE_END()

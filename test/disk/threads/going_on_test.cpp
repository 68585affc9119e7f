// Distributed under the Boost Software License, Version 1.0.
//
// From file to file a worker goes on by itself, from one short step to the next.
#include "support/canary.hpp"
#include "support/disk_ends.hpp"
#include "support/held_kernel.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include <atomic>
#include <cerrno>

using namespace test;
using asio::cancellation_type;
using kernel_copy::copy_options;
using kernel_copy::take;

namespace {

/// Many steps of 1000 bytes, which are held up before the third.
struct bench
{
    bench()
    {
        kernel.show_true_time();
        kernel.cut_steps_to(1000);
    }
    void start(copy_options options = {})
    {
        options.monitor = &counters;
        kernel_copy::async_kernel_copy(limited, sink.end(), options,
                                       asio::bind_cancellation_slot(signal.slot(), result.handler()));
        run_until(io, [&] {
            asio::post(io, [] {});
            return kernel.steps() == 3;
        });
        settle(io);
    }
    void finish()
    {
        kernel.open();
        run_until(io, [&] { return result.done; });
        BOOST_TEST(counters.delivered() == result.bytes);
        BOOST_TEST(counters.taken() == result.bytes);
        BOOST_TEST(limited.limit() == bytes.size() - result.bytes);
        BOOST_TEST(position_of(source.end().native_handle()) == result.bytes);
        CHECK_SAME_BYTES(sink.bytes(), bytes.substr(0, result.bytes));
    }

    held_kernel kernel{2};
    asio::io_context io{};
    const std::string bytes = content(200'000);
    disk_file_source source{io, bytes};
    disk_file_sink sink{io};
    kernel_copy::take_view<kernel_copy::file&> limited = take(source.end(), bytes.size());
    kernel_copy::monitor counters{};
    asio::cancellation_signal signal{};
    outcome result{};
};

/// The system's kernel, for which each file is on a file system of its own.
struct crossing_kernel : kernel_copy::detail::kernel
{
    kernel_copy::detail::call_result copy_file_range(int, const std::uint64_t*, int, std::uint64_t) override
    {
        ++refusals;
        return {.bytes = 0, .error = EXDEV};
    }
    std::atomic<int> refusals{0};
    kernel_copy::detail::kernel_replacement replaced{*this};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(disk_going_on, balance)

BOOST_AUTO_TEST_CASE(a_worker_makes_many_short_steps_on_one_errand)
{
    bench b;
    b.start();
    BOOST_TEST(b.counters.delivered() != 0u); // although the loop has not heard of it yet
    b.finish();
    BOOST_TEST(!b.result.error);
    BOOST_TEST(b.result.bytes == b.bytes.size());
    BOOST_TEST(b.kernel.workers().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_request_to_stop_counts_after_the_step)
{
    for (const auto type : {cancellation_type::partial, cancellation_type::terminal})
    {
        bench b;
        b.start();
        b.signal.emit(type);
        settle(b.io);
        BOOST_TEST(!b.result.done);
        b.finish();
        BOOST_TEST(b.result.error == aborted);
        BOOST_TEST(b.kernel.steps() == 3u);
    }
}

BOOST_AUTO_TEST_CASE(total_is_too_late)
{
    bench b;
    b.start();
    b.signal.emit(cancellation_type::total);
    b.finish();
    BOOST_TEST(!b.result.error);
    BOOST_TEST(b.result.bytes == b.bytes.size());
}

BOOST_AUTO_TEST_CASE(a_rate_is_kept)
{
    bench b;
    b.start({.max_bytes_per_second = 2'000'000});
    const auto before = std::chrono::steady_clock::now();
    b.finish();
    const auto lasted = std::chrono::steady_clock::now() - before;
    BOOST_TEST(!b.result.error);
    BOOST_TEST(b.counters.yields() != 0u);
    // 200,000 bytes take 100 ms, but for what a rate lets through at once.
    BOOST_TEST((lasted >= std::chrono::milliseconds{50}));
}

BOOST_AUTO_TEST_CASE(ends_that_are_closed_meanwhile_are_not_touched)
{
    bench b;
    b.start();
    const int source = b.source.end().native_handle();
    b.source.end().close();
    const canary at_source{source};
    const int sink = b.sink.end().native_handle();
    b.sink.end().close();
    const canary at_sink{sink};
    b.signal.emit(cancellation_type::terminal);
    b.kernel.open();
    run_until(b.io, [&] { return b.result.done; });
    BOOST_TEST(b.result.error.failed());
    BOOST_TEST(b.result.bytes < b.bytes.size());
    CHECK_SAME_BYTES(b.sink.bytes(), b.bytes.substr(0, b.result.bytes));
}

// The worker has found that it can't go on and what is to be done instead, which is for a worker as well; the loop has
// not yet heard of that.
BOOST_AUTO_TEST_CASE(a_request_is_heard_before_what_a_worker_has_left_is_begun)
{
    for (const auto type : {cancellation_type::total, cancellation_type::partial, cancellation_type::terminal})
    {
        crossing_kernel kernel;
        asio::io_context io;
        asio::thread_pool pool{1};
        const asio::any_io_executor worker = pool.get_executor();
        const std::string bytes = content(200'000);
        disk_file_source source{io, bytes};
        disk_file_sink sink{io};
        asio::cancellation_signal signal;
        outcome result;
        kernel_copy::async_kernel_copy(
            source.end(), sink.end(),
            {.methods = {kernel_copy::method::copy_file_range, kernel_copy::method::buffer}, .disk_executor = &worker},
            asio::bind_cancellation_slot(signal.slot(), result.handler()));
        asio::post(pool, asio::use_future([] {})).wait(); // the worker is back
        BOOST_TEST(kernel.refusals == 1);
        signal.emit(type);
        run_until(io, [&] { return result.done; });
        BOOST_TEST(result.error == aborted);
        BOOST_TEST(result.bytes == 0u);
        BOOST_TEST(sink.bytes().empty());
    }
}

BOOST_AUTO_TEST_SUITE_END()

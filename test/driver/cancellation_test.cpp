// Distributed under the Boost Software License, Version 1.0.
#include "support/content.hpp"
#include "support/idle_pairs.hpp"
#include "support/system.hpp"

using namespace test;
using asio::cancellation_type;
using kernel_copy::take;

BOOST_FIXTURE_TEST_SUITE(cancellation, descriptor_balance)

BOOST_AUTO_TEST_CASE(terminal_cancellation_ends_a_wait)
{
    idle_pairs p;
    cancellable copy{p.io, p.in.first, p.out.first};
    copy.signal.emit(cancellation_type::terminal);
    run(p.io);
    BOOST_TEST(copy.result.error == error_code{asio::error::operation_aborted});
    BOOST_TEST(copy.result.bytes == 0u);
}

BOOST_AUTO_TEST_CASE(total_cancellation_is_honoured_until_the_first_byte)
{
    idle_pairs before;
    cancellable early{before.io, before.in.first, before.out.first};
    early.signal.emit(cancellation_type::total);
    run(before.io);
    BOOST_TEST(early.result.error == error_code{asio::error::operation_aborted});

    idle_pairs after;
    asio::write(after.in.second, asio::buffer("taken ", 6));
    cancellable late{after.io, after.in.first, after.out.first};
    late.signal.emit(cancellation_type::total);
    settle(after.io);
    BOOST_TEST(!late.result.done);
    feed(after.in.second, "more");
    run(after.io);
    BOOST_TEST(!late.result.error);
    BOOST_TEST(late.result.bytes == 10u);
    BOOST_TEST(read_now(after.out.second) == "taken more");
}

BOOST_AUTO_TEST_CASE(partial_cancellation_delivers_what_is_in_flight)
{
    idle_pairs p;
    p.fill_sink();
    const std::string bytes = content(10'000);
    asio::write(p.in.second, asio::buffer(bytes));
    kernel_copy::monitor counters;
    cancellable copy{p.io, p.in.first, p.out.first, {.monitor = &counters}};
    BOOST_TEST(counters.taken() == bytes.size());
    BOOST_TEST(counters.delivered() == 0u);
    copy.signal.emit(cancellation_type::partial);
    settle(p.io);
    BOOST_TEST(!copy.result.done);
    asio::write(p.in.second, asio::buffer("not taken", 9));
    std::string arrived;
    run_until(p.io, [&] {
        arrived += read_now(p.out.second);
        return copy.result.done;
    });
    arrived += read_now(p.out.second);
    BOOST_TEST(copy.result.error == error_code{asio::error::operation_aborted});
    BOOST_TEST(copy.result.bytes == bytes.size());
    BOOST_TEST(counters.taken() == counters.delivered());
    CHECK_SAME_BYTES(arrived.substr(p.filled), bytes);
    BOOST_TEST(p.in.first.available() == 9u);
}

BOOST_AUTO_TEST_CASE(terminal_cancellation_counts_what_is_in_flight)
{
    idle_pairs p;
    p.fill_sink();
    asio::write(p.in.second, asio::buffer(content(10'000)));
    kernel_copy::monitor counters;
    auto limited = take(p.in.first, 50'000);
    cancellable copy{p.io, limited, p.out.first, {.monitor = &counters}};
    copy.signal.emit(cancellation_type::partial);
    settle(p.io);
    BOOST_TEST(!copy.result.done);
    copy.signal.emit(cancellation_type::terminal); // a stronger request follows
    run(p.io);
    BOOST_TEST(copy.result.error == error_code{asio::error::operation_aborted});
    BOOST_TEST(copy.result.bytes == 0u);
    BOOST_TEST(counters.taken() == 10'000u);
    BOOST_TEST(limited.limit() == 40'000u);
}

BOOST_AUTO_TEST_CASE(cancellation_of_a_file_copy_leaves_the_position_right_behind_what_was_delivered)
{
    for (const auto& methods : {kernel_copy::method_set{}, kernel_copy::method_set{kernel_copy::method::buffer}})
        for (const auto type : {cancellation_type::partial, cancellation_type::terminal})
        {
            idle_pairs p;
            temp_dir dir;
            const std::string bytes = content(5 << 20);
            write_file(dir.path("in"), bytes);
            auto file = open_file(p.io, dir.path("in"));
            cancellable copy{p.io, file, p.out.first, {.methods = methods}};
            copy.signal.emit(type);
            std::string arrived;
            run_until(p.io, [&] {
                arrived += read_now(p.out.second);
                return copy.result.done;
            });
            arrived += read_now(p.out.second);
            BOOST_TEST(copy.result.error == error_code{asio::error::operation_aborted});
            BOOST_TEST(position_of(file.native_handle()) == copy.result.bytes);
            CHECK_SAME_BYTES(arrived, bytes.substr(0, copy.result.bytes));
        }
}

BOOST_AUTO_TEST_CASE(closing_an_end_ends_its_wait_even_one_whose_handler_is_queued)
{
    for (const bool is_source : {true, false})
        BOOST_TEST_CONTEXT((is_source ? "the source" : "the sink"))
        {
            idle_pairs p;
            if (!is_source)
                p.fill_sink();
            asio::io_context of_handler;
            outcome result;
            kernel_copy::async_kernel_copy(p.in.first, p.out.first, asio::bind_executor(of_handler, result.handler()));
            asio::write(p.in.second, asio::buffer("bytes", 5));
            settle(p.io);
            if (!is_source)
            {
                settle(of_handler); // a wait for the sink begins
                read_now(p.out.second);
                settle(p.io);
            }
            (is_source ? p.in.first : p.out.first).close();
            run(of_handler);
            BOOST_TEST(result.done);
            BOOST_TEST(result.error == aborted);
            BOOST_TEST(result.bytes == 0u);
        }
}

BOOST_AUTO_TEST_CASE(ends_may_be_destroyed_right_after_a_terminal_cancellation)
{
    idle_pairs p;
    auto source = std::make_unique<local::socket>(std::move(p.in.first));
    auto sink = std::make_unique<local::socket>(std::move(p.out.first));
    cancellable copy{p.io, *source, *sink};
    copy.signal.emit(cancellation_type::terminal);
    source.reset();
    sink.reset();
    run(p.io);
    BOOST_TEST(copy.result.error == error_code{asio::error::operation_aborted});
}

BOOST_AUTO_TEST_CASE(ends_may_be_destroyed_while_they_are_waited_for)
{
    idle_pairs p;
    auto source = std::make_unique<local::socket>(std::move(p.in.first));
    auto sink = std::make_unique<local::socket>(std::move(p.out.first));
    outcome result;
    kernel_copy::async_kernel_copy(*source, *sink, result.handler());
    settle(p.io);
    source.reset();
    sink.reset();
    run(p.io);
    BOOST_TEST(result.error == error_code{asio::error::operation_aborted});
}

BOOST_AUTO_TEST_SUITE_END()

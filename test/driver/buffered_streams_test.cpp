// Distributed under the Boost Software License, Version 1.0.
#include "support/content.hpp"
#include "support/ends.hpp"

#include <boost/asio/buffered_read_stream.hpp>
#include <boost/asio/buffered_stream.hpp>
#include <boost/asio/buffered_write_stream.hpp>

using namespace test;
using kernel_copy::prefixed;
using kernel_copy::take;

BOOST_FIXTURE_TEST_SUITE(buffered_streams, descriptor_balance)

BOOST_AUTO_TEST_CASE(S3_S23_S28_a_buffered_read_stream_is_drained_then_bypassed, *needs_kernel_methods)
{
    asio::io_context io;
    const std::string bytes = content(100'000);
    auto socket = sent(io, bytes);
    asio::buffered_read_stream<local::socket&> buffered{socket, 1000};
    char first[10];
    BOOST_REQUIRE(asio::read(buffered, asio::buffer(first)) == 10u);
    BOOST_TEST(buffered.in_avail() == 990u);

    temp_dir dir;
    auto file = create_file(io, dir.path("out"));
    kernel_copy::monitor counters;
    auto limited = take(buffered, 90'000);
    BOOST_TEST(copy(io, limited, file, {.monitor = &counters}).bytes == 90'000u);
    BOOST_TEST(counters.drained() == 990u);
    BOOST_TEST(counters.bytes(kernel_copy::method::splice_through_pipe) == 89'010u);
    BOOST_TEST(limited.limit() == 0u);
    CHECK_SAME_BYTES(read_file(dir.path("out")), bytes.substr(10, 90'000));
}

BOOST_AUTO_TEST_CASE(S23_buffered_streams_and_limits_in_any_order)
{
    asio::io_context io;
    const std::string bytes = content(5000);
    auto socket = sent(io, bytes);
    // A read buffer around a limit around a read buffer.
    asio::buffered_read_stream<local::socket&> inner{socket, 600};
    char byte[1];
    asio::read(inner, asio::buffer(byte));
    auto limited = take(inner, 2000);
    asio::buffered_read_stream<kernel_copy::take_view<decltype(inner)&>&> outer{limited, 300};
    asio::read(outer, asio::buffer(byte));
    BOOST_TEST(outer.in_avail() == 299u);
    BOOST_TEST(limited.limit() == 1700u);
    BOOST_TEST(inner.in_avail() == 299u);

    receiver to{io};
    BOOST_TEST(copy(io, outer, to.sink()).bytes == 299u + 1700u);
    BOOST_TEST(limited.limit() == 0u);
    BOOST_TEST(outer.in_avail() == 0u);
    CHECK_SAME_BYTES(to.arrived(), bytes.substr(2, 1999));
}

BOOST_AUTO_TEST_CASE(S19_S20_S21_a_write_buffer_goes_first_then_memory_then_the_kernel)
{
    asio::io_context io;
    receiver to{io};
    asio::buffered_write_stream<local::socket&> buffered{to.sink(), 100};
    asio::write(buffered, asio::buffer("first ", 6));
    BOOST_TEST(to.arrived() == "");

    std::string held = "second ";
    auto socket = sent(io, "third");
    const outcome result = copy(io, prefixed(asio::dynamic_buffer(held), socket), buffered);
    BOOST_TEST(!result.error);
    BOOST_TEST(result.bytes == 12u); // S21: without the write buffer's six
    BOOST_TEST(to.arrived() == "first second third");
    BOOST_TEST(!to.sink().non_blocking());
}

BOOST_AUTO_TEST_CASE(S4_S20_nested_write_buffers_are_flushed_outermost_first)
{
    asio::io_context io;
    receiver to{io};
    using inner_type = asio::buffered_write_stream<local::socket&>;
    inner_type inner{to.sink(), 100};
    asio::write(inner, asio::buffer("1 ", 2));
    asio::buffered_write_stream<inner_type&> outer{inner, 100};
    asio::write(outer, asio::buffer("2 ", 2));
    auto socket = sent(io, "3");
    BOOST_TEST(copy(io, socket, outer).bytes == 1u);
    BOOST_TEST(to.arrived() == "1 2 3");
}

BOOST_AUTO_TEST_CASE(S19_a_flush_into_a_full_sink_waits)
{
    asio::io_context io;
    receiver to{io};
    to.sink().non_blocking(true);
    error_code error;
    const std::string filler = content(4096);
    std::string filled;
    while (!error)
        filled += filler.substr(0, to.sink().write_some(asio::buffer(filler), error));
    to.sink().non_blocking(false);

    asio::buffered_write_stream<local::socket&> buffered{to.sink(), 50'000};
    const std::string waiting = content(50'000, 7);
    asio::write(buffered, asio::buffer(waiting));
    auto socket = sent(io, "end");
    outcome result;
    kernel_copy::async_kernel_copy(socket, buffered, result.handler());
    settle(io);
    BOOST_TEST(!result.done);
    std::string arrived;
    while (!result.done)
    {
        arrived += to.arrived();
        io.restart();
        BOOST_REQUIRE(io.run_one_for(patience) != 0);
    }
    arrived += to.arrived();
    BOOST_TEST(result.bytes == 3u);
    CHECK_SAME_BYTES(arrived, filled + waiting + "end");
}

BOOST_AUTO_TEST_CASE(S22_an_error_while_flushing_or_draining_ends_the_copy_at_once)
{
    asio::io_context io;
    for (const bool flushing : {true, false})
    {
        receiver to{io};
        asio::buffered_write_stream<local::socket&> buffered{to.sink(), 100};
        if (flushing)
            asio::write(buffered, asio::buffer("lost", 4));
        to.ends.second.close();
        std::string held = "kept";
        auto socket = sent(io, "unread");
        auto limited = take(prefixed(asio::dynamic_buffer(held), socket), 100);
        const outcome result = copy(io, limited, buffered);
        BOOST_TEST(result.error == failure(EPIPE));
        BOOST_TEST(result.bytes == 0u);
        BOOST_TEST(held == "kept");
        BOOST_TEST(limited.limit() == 100u);
        BOOST_TEST(socket.available() == 6u);
    }
}

BOOST_AUTO_TEST_CASE(S3_S4_a_buffered_stream_at_both_ends)
{
    asio::io_context io;
    auto left = local_pair(io);
    auto right = local_pair(io);
    asio::buffered_stream<local::socket&> source{left.first, 100, 100};
    asio::buffered_stream<local::socket&> sink{right.first, 100, 100};
    asio::write(left.second, asio::buffer("abcdef", 6));
    char byte[1];
    asio::read(source, asio::buffer(byte));
    asio::write(sink, asio::buffer("0", 1));
    asio::write(left.second, asio::buffer("ghi", 3));
    left.second.close();
    BOOST_TEST(copy(io, source, sink).bytes == 8u);
    BOOST_TEST(read_now(right.second) == "0bcdefghi");
}

BOOST_AUTO_TEST_SUITE_END()

// Distributed under the Boost Software License, Version 1.0.
#include "support/content.hpp"
#include "support/ends.hpp"

#include <boost/asio/buffered_read_stream.hpp>
#include <boost/asio/buffered_stream.hpp>
#include <boost/asio/buffered_write_stream.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/multi_buffer.hpp>

using namespace test;
using kernel_copy::exactly;
using kernel_copy::prefixed;
using kernel_copy::take;

namespace {

/// A source socket whose peer has sent everything and closed.
local::socket sent(asio::io_context& io, const std::string& bytes, bool close = true)
{
    auto [source, peer] = local_pair(io);
    asio::write(peer, asio::buffer(bytes));
    if (!close)
        static_cast<void>(peer.release()); // left open on purpose by tests that close it themselves
    return std::move(source);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(views, descriptor_balance)

BOOST_AUTO_TEST_CASE(S21_S23_S24_S25_S26_S27_nested_limits_and_buffers)
{
    // take 20 of (6 in memory, then take 9 of (4 in memory, then take 100 of a socket with 30 bytes)).
    asio::io_context io;
    const std::string bytes = content(40);
    std::string outer = bytes.substr(0, 6);
    std::string inner = bytes.substr(6, 4);
    auto socket = sent(io, bytes.substr(10, 30));
    auto innermost = take(socket, 100);
    auto inner_prefix = prefixed(asio::dynamic_buffer(inner), innermost);
    auto middle = take(inner_prefix, 9);
    auto outer_prefix = prefixed(asio::dynamic_buffer(outer), middle);
    auto outermost = take(outer_prefix, 20);
    receiver to{io};

    const outcome result = copy(io, outermost, to.sink());
    BOOST_TEST(!result.error);
    BOOST_TEST(result.bytes == 15u); // 6, and 9 that the middle limit lets through
    BOOST_TEST(outermost.limit() == 5u);
    BOOST_TEST(middle.limit() == 0u);
    BOOST_TEST(innermost.limit() == 95u); // 4 of the 9 came from the inner buffer
    BOOST_TEST(outer.empty());
    BOOST_TEST(inner.empty());
    BOOST_TEST(to.arrived() == bytes.substr(0, 15));
    // S24: what is beyond the limit is still in the socket.
    BOOST_TEST(copy(io, socket, to.sink()).bytes == 25u);
    BOOST_TEST(to.arrived() == bytes.substr(15));
}

BOOST_AUTO_TEST_CASE(S24_bytes_beyond_a_limit_stay_buffered)
{
    asio::io_context io;
    std::string held = "abcdef";
    auto socket = sent(io, "ghi");
    receiver to{io};
    BOOST_TEST(copy(io, take(prefixed(asio::dynamic_buffer(held), socket), 4), to.sink()).bytes == 4u);
    BOOST_TEST(held == "ef");
    BOOST_TEST(to.arrived() == "abcd");
    BOOST_TEST(copy(io, prefixed(asio::dynamic_buffer(held), take(socket, 1)), to.sink()).bytes == 3u);
    BOOST_TEST(to.arrived() == "efg");
}

BOOST_AUTO_TEST_CASE(S29_limit_0_moves_nothing)
{
    asio::io_context io;
    std::string held = "abc";
    auto socket = sent(io, "def");
    receiver to{io};
    kernel_copy::monitor counters;
    const outcome result =
        copy(io, take(prefixed(asio::dynamic_buffer(held), socket), 0), to.sink(), {.monitor = &counters});
    BOOST_TEST(!result.error);
    BOOST_TEST(result.bytes == 0u);
    BOOST_TEST(held == "abc");
    for (const auto m : {kernel_copy::method::splice_through_pipe, kernel_copy::method::buffer})
        BOOST_TEST(counters.calls(m) == 0u);
    BOOST_TEST(to.arrived().empty());
}

BOOST_AUTO_TEST_CASE(S5_references_behave_as_what_they_refer_to)
{
    asio::io_context io;
    std::string held = "abc";
    auto socket = sent(io, "def");
    auto view = prefixed(asio::dynamic_buffer(held), std::ref(socket));
    auto limited = take(std::ref(view), 5);
    receiver to{io};
    BOOST_TEST(copy(io, std::ref(limited), std::ref(to.sink())).bytes == 5u);
    BOOST_TEST(limited.limit() == 0u);
    BOOST_TEST(held.empty());
    BOOST_TEST(to.arrived() == "abcde");
}

BOOST_AUTO_TEST_CASE(S3_S23_S28_a_buffered_read_stream_is_drained_then_bypassed)
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

BOOST_AUTO_TEST_CASE(prefixed_takes_every_kind_of_dynamic_buffer)
{
    asio::io_context io;
    receiver to{io};
    const auto drains = [&](auto&& buffer, const std::string& expected) {
        auto socket = sent(io, "!");
        BOOST_TEST(copy(io, prefixed(buffer, socket), to.sink()).bytes == expected.size() + 1);
        BOOST_TEST(buffer.size() == 0u);
        BOOST_TEST(to.arrived() == expected + "!");
    };
    const auto put = [](auto& buffer, const std::string& bytes) {
        buffer.commit(asio::buffer_copy(buffer.prepare(bytes.size()), asio::buffer(bytes)));
    };
    boost::beast::flat_buffer flat;
    put(flat, "flat");
    drains(flat, "flat");
    boost::beast::multi_buffer multi;
    const std::string large = content(20'000);
    put(multi, large.substr(0, 10));
    put(multi, large.substr(10));
    drains(multi, large);
    asio::streambuf stream;
    put(stream, "stream");
    drains(stream, "stream");
    std::vector<char> bytes{'v', 'e', 'c'};
    auto handle = asio::dynamic_buffer(bytes);
    drains(handle, "vec");
}

BOOST_AUTO_TEST_CASE(exactly_is_satisfied_or_truncated)
{
    asio::io_context io;
    receiver to{io};
    auto enough = sent(io, "abcdef");
    auto first = exactly(enough, 4);
    BOOST_TEST(!copy(io, first, to.sink()).error);
    BOOST_TEST(first.limit() == 0u);
    auto rest = exactly(enough, 4);
    const outcome short_one = copy(io, rest, to.sink());
    BOOST_TEST(short_one.error == failure(errc::source_truncated));
    BOOST_TEST(short_one.bytes == 2u);
    BOOST_TEST(rest.limit() == 2u);
    BOOST_TEST(to.arrived() == "abcdef");

    // A limit inside the promise breaks it, one outside of it does not.
    auto four = sent(io, "abcd");
    BOOST_TEST(copy(io, take(exactly(four, 4), 2), to.sink()).error == error_code{});
    BOOST_TEST(copy(io, exactly(take(four, 1), 2), to.sink()).error == failure(errc::source_truncated));
    BOOST_TEST(to.arrived() == "abc");
    std::string memory = "xy";
    BOOST_TEST(!copy(io, exactly(prefixed(asio::dynamic_buffer(memory), four), 3), to.sink()).error);
    BOOST_TEST(to.arrived() == "xyd");
}

BOOST_AUTO_TEST_CASE(views_are_streams_that_asio_can_read)
{
    asio::io_context io;
    std::string held = "abc";
    auto socket = sent(io, "defgh");
    auto view = take(prefixed(asio::dynamic_buffer(held), socket), 6);
    std::string read;
    error_code end;
    asio::async_read(view, asio::dynamic_buffer(read), [&](error_code error, std::size_t) { end = error; });
    run(io);
    BOOST_TEST(end == error_code{asio::error::eof});
    BOOST_TEST(read == "abcdef");
    BOOST_TEST(view.limit() == 0u);
    view.set_limit(1);
    char byte[4];
    BOOST_TEST(view.read_some(asio::buffer(byte), end) == 1u);
    BOOST_TEST(view.read_some(asio::buffer(byte), end) == 0u);
    BOOST_TEST(end == error_code{asio::error::eof});
}

BOOST_AUTO_TEST_SUITE_END()

// Distributed under the Boost Software License, Version 1.0.
#include "support/content.hpp"
#include "support/ends.hpp"

#include <boost/asio/streambuf.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/multi_buffer.hpp>

using namespace test;
using kernel_copy::exactly;
using kernel_copy::prefixed;
using kernel_copy::take;

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

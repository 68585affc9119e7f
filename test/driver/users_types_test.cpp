// Distributed under the Boost Software License, Version 1.0.
#include "support/content.hpp"
#include "support/ends.hpp"
#include "support/shouting_stream.hpp"

using namespace test;
using kernel_copy::end_kind;
using kernel_copy::method;
using kernel_copy::take;

namespace {

/// A user's type that joins the fast path with no more than a number.
struct numbered
{
    using executor_type = asio::any_io_executor;
    explicit numbered(local::socket& s) : socket{s} {}
    executor_type get_executor() { return socket.get_executor(); }
    local::socket& socket;
};

/// A user's wrapper with bytes in memory.
template <class Next>
struct remembering
{
    using executor_type = asio::any_io_executor;
    remembering(Next& n, std::string bytes) : next{n}, memory{std::move(bytes)} {}
    executor_type get_executor() { return next.get_executor(); }

    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token)
    {
        own_reads_used = true;
        return next.async_read_some(buffers, std::forward<Token>(token));
    }

    Next& next;
    std::string memory;
    bool own_reads_used = false;
};

/// A socket with a write buffer, which is everything a socket is.
struct buffered_socket : local::socket
{
    using local::socket::socket;
    std::string pending{};
};

/// A user's type that says it is a file.
struct hinted_file
{
    using executor_type = asio::any_io_executor;
    explicit hinted_file(kernel_copy::file f) : file{std::move(f)} {}
    executor_type get_executor() { return file.get_executor(); }
    kernel_copy::file file;
};

} // namespace

template <>
struct kernel_copy::endpoint_traits<buffered_socket> : kernel_copy::endpoint_traits<local::socket>
{
    static local::socket& next_layer(buffered_socket& s) { return s; }
    static std::size_t flush(buffered_socket& s, error_code& error)
    {
        const std::size_t n = s.write_some(asio::buffer(s.pending), error);
        s.pending.erase(0, n);
        return n;
    }
};

template <>
struct kernel_copy::endpoint_traits<hinted_file>
{
    static constexpr end_kind kind = end_kind::regular_file;
    static int descriptor(hinted_file& h) { return h.file.native_handle(); }
};

template <>
struct kernel_copy::endpoint_traits<numbered>
{
    static constexpr end_kind kind = end_kind::stream_socket;
    static int descriptor(numbered& n) { return n.socket.native_handle(); }
};

template <class Next>
struct kernel_copy::endpoint_traits<remembering<Next>>
{
    static Next& next_layer(remembering<Next>& r) { return r.next; }
    static std::size_t held(remembering<Next>& r) { return r.memory.size(); }
    static asio::const_buffer peek(remembering<Next>& r, asio::mutable_buffer) { return asio::buffer(r.memory); }
    static void consume(remembering<Next>& r, std::size_t n) { r.memory.erase(0, n); }
};

BOOST_FIXTURE_TEST_SUITE(users_types, descriptor_balance)

BOOST_AUTO_TEST_CASE(a_socket_that_buffers_is_flushed_first)
{
    for (const bool early : {false, true})
    {
        asio::io_context io;
        auto in = local_pair(io);
        buffered_socket sink{io};
        local::socket out{io};
        asio::local::connect_pair(static_cast<local::socket&>(sink), out);
        sink.pending = "header ";
        if (early)
            asio::write(in.second, asio::buffer("body", 4));
        outcome result;
        kernel_copy::async_kernel_copy(in.first, sink, result.handler());
        settle(io);
        if (!early)
            asio::write(in.second, asio::buffer("body", 4));
        in.second.close();
        run(io);
        BOOST_TEST(!result.error);
        BOOST_TEST(result.bytes == 4u);
        BOOST_TEST(read_now(out) == "header body");
    }
}

BOOST_AUTO_TEST_CASE(a_users_type_joins_the_fast_path, *needs_kernel_methods)
{
    asio::io_context io;
    auto in = local_pair(io);
    auto to = local_pair(io);
    numbered source{in.first};
    numbered sink{to.first};
    const std::string bytes = content(2'000'000);
    kernel_copy::monitor counters;
    outcome result;
    kernel_copy::async_kernel_copy(source, sink, {.methods = {method::splice_through_pipe}, .monitor = &counters},
                                   result.handler());
    settle(io);
    feed(in.second, bytes);
    std::string arrived;
    collect(to.second, arrived);
    run_until(io, [&] { return result.done; });
    to.first.close();
    run(io);
    BOOST_TEST(result.bytes == bytes.size());
    BOOST_TEST(counters.bytes(method::splice_through_pipe) == bytes.size());
    BOOST_TEST(counters.waits() > 1u);
    CHECK_SAME_BYTES(arrived, bytes);
}

BOOST_AUTO_TEST_CASE(S1_a_users_wrapper_is_bypassed_only_if_it_leads_to_a_descriptor)
{
    asio::io_context io;
    auto in = local_pair(io);
    auto to = local_pair(io);
    feed(in.second, "socket");
    remembering<local::socket> known{in.first, "memory "};
    BOOST_TEST(copy(io, known, to.first).bytes == 13u);
    BOOST_TEST(!known.own_reads_used);
    BOOST_TEST(read_now(to.second) == "memory socket");

    auto other = local_pair(io);
    feed(other.second, shout("socket"));
    shouting_stream inner{other.first};
    remembering<shouting_stream> unknown{inner, "memory "};
    BOOST_TEST(copy(io, unknown, to.first).bytes == 6u);
    BOOST_TEST(unknown.own_reads_used);
    BOOST_TEST(read_now(to.second) == "socket");
}

BOOST_AUTO_TEST_CASE(S8_a_users_hint_that_it_is_a_file_is_looked_into, *needs_kernel_methods)
{
    asio::io_context io;
    temp_dir dir;
    const std::string bytes = content(100'000);
    write_file(dir.path("in"), bytes);
    hinted_file in{open_file(io, dir.path("in"), kernel_copy::file::read_write)};
    auto sockets = local_pair(io);
    kernel_copy::monitor counters;
    BOOST_TEST(copy(io, take(in, 50'000), sockets.first, {.monitor = &counters}).bytes == 50'000u);
    BOOST_TEST((counters.current() == method::sendfile));
    hinted_file itself{open_file(io, dir.path("in"), kernel_copy::file::read_write)};
    itself.file.seek(90'000, kernel_copy::file::seek_set);
    BOOST_TEST(copy(io, in, itself).error == failure(errc::overlapping_copy));
    BOOST_TEST(read_file(dir.path("in")).size() == bytes.size());
}

// sendfile has no flag that does the same.
BOOST_AUTO_TEST_CASE(a_socket_that_only_has_a_number_is_made_non_blocking_first, *needs_kernel_methods)
{
    asio::io_context io;
    temp_dir dir;
    const std::string bytes = content(1'000'000);
    write_file(dir.path("in"), bytes);
    auto file = open_file(io, dir.path("in"));
    receiver known{io};
    BOOST_TEST(copy(io, kernel_copy::file_range(file, 0, 100'000), known.sink()).bytes == 100'000u);
    auto pair = local_pair(io);
    numbered sink{pair.first};
    BOOST_TEST(!pair.first.native_non_blocking());
    outcome result;
    kernel_copy::async_kernel_copy(kernel_copy::file_range(file, 0, bytes.size()), sink,
                                   result.handler()); // would hang
    BOOST_TEST(!result.done);
    std::string arrived(bytes.size(), '\0');
    asio::async_read(pair.second, asio::buffer(arrived), [](error_code, std::size_t) {});
    run(io);
    BOOST_TEST(result.bytes == bytes.size());
    CHECK_SAME_BYTES(arrived, bytes);
}

BOOST_AUTO_TEST_SUITE_END()

// Distributed under the Boost Software License, Version 1.0.
#include "support/content.hpp"
#include "support/ends.hpp"
#include "support/fake_kernel.hpp"

#include <boost/asio/append.hpp>
#include <boost/asio/buffered_read_stream.hpp>
#include <boost/asio/buffered_write_stream.hpp>
#include <boost/asio/buffers_iterator.hpp>

#include <csignal>

#include <sys/resource.h>

using namespace test;
using kernel_copy::end_kind;
using kernel_copy::exactly;
using kernel_copy::method;
using kernel_copy::prefixed;
using kernel_copy::take;

namespace {

/// A user's stream: it has a socket inside, and what goes through its functions is changed on the way, so that
/// bypassing them would show.
class shouting_stream
{
public:
    using executor_type = asio::any_io_executor;
    using lowest_layer_type = local::socket::lowest_layer_type;

    explicit shouting_stream(local::socket& socket) : socket_{socket} {}
    executor_type get_executor() { return socket_.get_executor(); }
    lowest_layer_type& lowest_layer() { return socket_.lowest_layer(); }

    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token)
    {
        return asio::async_compose<Token, void(error_code, std::size_t)>(
            [this, buffers, started = false](auto& self, error_code error = {}, std::size_t n = 0) mutable {
                if (!std::exchange(started, true))
                    return socket_.async_read_some(asio::buffer(asio::mutable_buffer{buffers}, largest),
                                                   std::move(self));
                ++reads;
                auto* bytes = static_cast<char*>(asio::mutable_buffer{buffers}.data());
                std::transform(bytes, bytes + n, bytes, [](char c) { return static_cast<char>(c ^ 1); });
                self.complete(error, n);
            },
            token, socket_);
    }

    template <class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token)
    {
        ++writes;
        changed.assign(asio::buffers_begin(buffers), asio::buffers_end(buffers));
        changed.resize(std::min(changed.size(), largest));
        for (char& c : changed)
            c = static_cast<char>(c ^ 1);
        return socket_.async_write_some(asio::buffer(changed), std::forward<Token>(token));
    }

    std::size_t largest = 1000;
    std::size_t reads = 0;
    std::size_t writes = 0;
    std::string changed{};

private:
    local::socket& socket_;
};

std::string shout(std::string bytes)
{
    for (char& c : bytes)
        c = static_cast<char>(c ^ 1);
    return bytes;
}

/// A user's type that joins the fast path with no more than a number.
struct numbered
{
    using executor_type = asio::any_io_executor;
    explicit numbered(local::socket& s) : socket{s} {}
    executor_type get_executor() { return socket.get_executor(); }
    local::socket& socket;
};

/// A sink that never takes a byte.
struct stubborn_sink
{
    asio::any_io_executor executor;
    asio::any_io_executor get_executor() { return executor; }

    template <class Handler>
    void async_write_some(const asio::const_buffer&, Handler&& handler)
    {
        asio::post(executor, asio::append(std::forward<Handler>(handler), error_code{}, std::size_t{0}));
    }
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

BOOST_FIXTURE_TEST_SUITE(streams, descriptor_balance)

BOOST_AUTO_TEST_CASE(S1_S2_an_opaque_source_goes_through_its_own_reads)
{
    asio::io_context io;
    fake_kernel kernel;
    const kernel_copy::detail::kernel_replacement replaced{kernel};
    auto in = local_pair(io);
    temp_dir dir;
    auto out = create_file(io, dir.path("out"));
    shouting_stream source{in.first};
    const std::string bytes = content(50'000);
    feed(in.second, bytes);
    const outcome result = copy(io, source, out, {.disk = kernel_copy::disk::inline_});
    BOOST_TEST(!result.error);
    BOOST_TEST(result.bytes == bytes.size());
    BOOST_TEST(source.reads >= 50u);
    CHECK_SAME_BYTES(read_file(dir.path("out")), shout(bytes));
    // S2: nothing is asked of the other end either, unless it matters whether it is a file.
    for (const char* question : {"fstat", "lseek", "copy_file_range", "sendfile", "splice", "pipe", "poll"})
        BOOST_TEST(kernel.count(question) == 0u);
}

BOOST_AUTO_TEST_CASE(S1_S2_an_opaque_sink_goes_through_its_own_writes)
{
    asio::io_context io;
    fake_kernel kernel;
    const kernel_copy::detail::kernel_replacement replaced{kernel};
    auto to = local_pair(io);
    shouting_stream sink{to.first};
    temp_dir dir;
    const std::string bytes = content(50'000);
    write_file(dir.path("in"), bytes);
    auto file = open_file(io, dir.path("in"));
    std::string held = "held ";
    auto limited = take(prefixed(asio::dynamic_buffer(held), file), 40'000);
    const outcome result = copy(io, limited, sink, {.disk = kernel_copy::disk::inline_, .buffer_size = 7000});
    BOOST_TEST(!result.error);
    BOOST_TEST(result.bytes == 40'000u);
    BOOST_TEST(limited.limit() == 0u);
    BOOST_TEST(held.empty());
    BOOST_TEST(position_of(file.native_handle()) == 39'995u);
    BOOST_TEST(sink.writes >= 40u);
    CHECK_SAME_BYTES(read_now(to.second), shout("held " + bytes.substr(0, 39'995)));
    BOOST_TEST(kernel.count("fstat") == 0u);
}

BOOST_AUTO_TEST_CASE(S1_opaque_at_both_ends_with_views_and_buffers)
{
    asio::io_context io;
    auto in = local_pair(io);
    auto to = local_pair(io);
    shouting_stream source{in.first};
    shouting_stream sink{to.first};
    asio::buffered_read_stream<shouting_stream&> buffered{source, 64};
    const std::string bytes = content(3000);
    feed(in.second, bytes);
    std::string held = "abc";
    auto owed = exactly(prefixed(asio::dynamic_buffer(held), buffered), 2003);
    const outcome result = copy(io, owed, sink);
    BOOST_TEST(!result.error);
    BOOST_TEST(result.bytes == 2003u);
    BOOST_TEST(owed.limit() == 0u);
    CHECK_SAME_BYTES(read_now(to.second), shout("abc") + bytes.substr(0, 2000));
    BOOST_TEST(copy(io, exactly(buffered, 1001), sink).error == failure(errc::source_truncated));
    CHECK_SAME_BYTES(read_now(to.second), bytes.substr(2000));
}

BOOST_AUTO_TEST_CASE(S44_B3_an_error_of_a_stream_arrives_as_it_is_with_the_count)
{
    asio::io_context io;
    auto in = local_pair(io);
    auto to = local_pair(io);
    shouting_stream sink{to.first};
    const std::string bytes = content(3000);
    asio::write(in.second, asio::buffer(bytes));
    outcome result;
    kernel_copy::async_kernel_copy(in.first, sink, result.handler());
    settle(io);
    to.second.close();
    asio::write(in.second, asio::buffer(bytes));
    run(io);
    BOOST_TEST(result.error == error_code{asio::error::broken_pipe});
    BOOST_TEST(result.bytes == 3000u);
}

BOOST_AUTO_TEST_CASE(a_file_is_given_back_what_an_opaque_sink_did_not_take)
{
    asio::io_context io;
    auto to = local_pair(io);
    shouting_stream sink{to.first};
    temp_dir dir;
    write_file(dir.path("in"), content(5000));
    auto file = open_file(io, dir.path("in"));
    to.second.close();
    const outcome result = copy(io, file, sink);
    BOOST_TEST(result.error == error_code{asio::error::broken_pipe});
    BOOST_TEST(position_of(file.native_handle()) == result.bytes);
}

BOOST_AUTO_TEST_CASE(a_users_type_joins_the_fast_path)
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

BOOST_AUTO_TEST_CASE(P31_an_opaque_source_into_a_file_raises_no_signal)
{
    BOOST_TEST(in_child([] {
                   const rlimit limit = {1000, 1000};
                   std::signal(SIGPIPE, SIG_IGN);
                   if (::setrlimit(RLIMIT_FSIZE, &limit) != 0)
                       return 77;
                   asio::io_context io;
                   auto in = local_pair(io);
                   shouting_stream source{in.first};
                   temp_dir dir{tmpfs};
                   auto out = create_file(io, dir.path("out"));
                   asio::write(in.second, asio::buffer(content(3000)));
                   outcome result;
                   kernel_copy::async_kernel_copy(source, out, result.handler());
                   io.run_for(patience);
                   return result.error == failure(EFBIG) && result.bytes == 1000 ? 0 : 1;
               }) == 0);
}

BOOST_AUTO_TEST_CASE(nothing_is_taken_from_a_stream_for_a_sink_that_is_not_open_for_writing)
{
    asio::io_context io;
    auto in = local_pair(io);
    shouting_stream source{in.first};
    asio::write(in.second, asio::buffer("kept", 4));
    temp_dir dir;
    write_file(dir.path("file"), "");
    auto read_only = open_file(io, dir.path("file"));
    BOOST_TEST(copy(io, source, read_only).error == failure(EBADF));
    BOOST_TEST(in.first.available() == 4u);
    auto write_only = open_file(io, dir.path("file"), kernel_copy::file::write_only);
    BOOST_TEST(copy(io, write_only, source).error == failure(EBADF));
}

BOOST_AUTO_TEST_CASE(S8_a_users_hint_that_it_is_a_file_is_looked_into)
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

BOOST_AUTO_TEST_CASE(a_sink_that_takes_nothing_is_an_error_and_no_spin)
{
    asio::io_context io;
    auto in = local_pair(io);
    feed(in.second, "bytes");
    stubborn_sink sink{io.get_executor()};
    BOOST_TEST(copy(io, in.first, sink).error == failure(errc::sink_took_nothing));
    std::string held = "held";
    BOOST_TEST(copy(io, prefixed(asio::dynamic_buffer(held), in.first), sink).error ==
               failure(errc::sink_took_nothing));
    BOOST_TEST(held == "held");
}

BOOST_AUTO_TEST_SUITE_END()

// Distributed under the Boost Software License, Version 1.0.
#include "support/content.hpp"
#include "support/ends.hpp"
#include "support/fake_kernel.hpp"
#include "support/shouting_stream.hpp"

#include <boost/asio/append.hpp>
#include <boost/asio/buffered_read_stream.hpp>
#include <boost/asio/read.hpp>

#include <cerrno>
#include <csignal>
#include <future>

#include <sys/resource.h>

using namespace test;
using kernel_copy::exactly;
using kernel_copy::prefixed;
using kernel_copy::take;

namespace {

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

/// A source that has three bytes, and says once that it has ended: with them, or when it is asked again.
struct terse_source
{
    using executor_type = asio::any_io_executor;
    executor_type executor;
    bool at_once = false;
    std::promise<void> ended{};
    unsigned reads = 0;
    executor_type get_executor() { return executor; }

    template <class Handler>
    void async_read_some(const asio::mutable_buffer& to, Handler&& handler)
    {
        const bool first = ++reads == 1;
        const bool last = at_once == first;
        BOOST_REQUIRE(first || (last && reads == 2));
        if (last)
            ended.set_value();
        asio::post(executor,
                   asio::append(std::forward<Handler>(handler), last ? error_code{asio::error::eof} : error_code{},
                                first ? asio::buffer_copy(to, asio::buffer("end", 3)) : 0));
    }
};

} // namespace

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
    to.first.set_option(asio::socket_base::send_buffer_size{1024 * 1024}); // poll(2) calls a quarter of it full
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

BOOST_AUTO_TEST_CASE(a_stream_may_end_with_its_last_bytes)
{
    asio::io_context io;
    for (const bool at_once : {false, true})
    {
        terse_source source{io.get_executor(), at_once};
        auto [out, sink] = local_pair(io);
        const outcome result = copy(io, source, out);
        BOOST_TEST(!result.error);
        BOOST_TEST(result.bytes == 3u);
        BOOST_TEST(source.reads == (at_once ? 1u : 2u));
    }
}

BOOST_AUTO_TEST_CASE(a_stream_need_not_say_twice_that_it_has_ended)
{
    asio::io_context io;
    fake_kernel kernel;
    const kernel_copy::detail::kernel_replacement replaced{kernel};
    terse_source source{io.get_executor()};
    auto ended = source.ended.get_future();
    kernel.instead = [&](const std::string& call, std::size_t before, std::uint64_t) -> fake_kernel::answer {
        if (call != "write" || before != 0)
            return {};
        ended.wait_for(patience);
        return call_result{.bytes = 0, .error = ENOSPC};
    };
    temp_dir dir;
    auto out = create_file(io, dir.path("out"));
    kernel_copy::residue rest;
    const outcome failed = copy(io, source, out, {.disk = kernel_copy::disk::always, .residue = &rest});
    BOOST_TEST(failed.error == failure(ENOSPC));
    BOOST_TEST(rest.size() == 3u);
    BOOST_TEST(rest.source_has_ended());

    kernel_copy::residue as_a_stream = rest;
    auto view = prefixed(as_a_stream, source);
    std::string read;
    error_code end;
    asio::async_read(view, asio::dynamic_buffer(read), [&](error_code error, std::size_t) { end = error; });
    run(io);
    BOOST_TEST(read == "end");
    BOOST_TEST(end == error_code{asio::error::eof});
    BOOST_TEST(as_a_stream.source_has_ended());
    as_a_stream.clear();
    BOOST_TEST(!as_a_stream.source_has_ended());

    const outcome part = copy(io, take(prefixed(rest, source), 1), out, {.residue = &rest});
    BOOST_TEST(!part.error);
    BOOST_TEST(part.bytes == 1u);
    BOOST_TEST(rest.source_has_ended());
    kernel_copy::residue twice = rest;
    const outcome short_inside = copy(io, prefixed(twice, exactly(source, 5)), out, {.residue = &twice});
    BOOST_TEST(short_inside.error == failure(errc::source_truncated));
    BOOST_TEST(short_inside.bytes == 2u);
    twice = rest;
    BOOST_TEST(copy(io, exactly(prefixed(twice, source), 3), out).error == failure(errc::source_truncated));
    const outcome whole = copy(io, prefixed(rest, take(source, 5)), out, {.residue = &rest});
    BOOST_TEST(!whole.error);
    BOOST_TEST(whole.bytes == 2u);
    BOOST_TEST(!rest.source_has_ended()); // with nothing left it may serve another
    BOOST_TEST(read_file(dir.path("out")) == "endndnd");
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

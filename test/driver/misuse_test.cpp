// Distributed under the Boost Software License, Version 1.0.
#include "support/content.hpp"
#include "support/ends.hpp"

#include <limits>

using namespace test;
using kernel_copy::file;
using kernel_copy::file_range;
using kernel_copy::take;

namespace {

/// A file with content, a socket with unread bytes, and a place to send to.
struct bench
{
    bench() : sockets{local_pair(io)}, out{local_pair(io)}
    {
        write_file(dir.path("file"), bytes);
        asio::write(sockets.second, asio::buffer(bytes));
    }

    /// The copy was refused before anything happened.
    template <class Source, class Sink>
    void refused(Source&& source, Sink&& sink, const error_code& expected,
                 const kernel_copy::copy_options& options = {})
    {
        const outcome result = copy(io, source, sink, options);
        BOOST_TEST(result.error == expected);
        BOOST_TEST(result.bytes == 0u);
        BOOST_TEST(read_file(dir.path("file")) == bytes);
        BOOST_TEST(sockets.first.available() == bytes.size());
    }

    const std::string bytes = content(5000);
    asio::io_context io{};
    temp_dir dir{};
    std::pair<local::socket, local::socket> sockets;
    std::pair<local::socket, local::socket> out;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(misuse, descriptor_balance)

BOOST_AUTO_TEST_CASE(a_directory_is_refused)
{
    bench b;
    auto directory = open_file(b.io, b.dir.path("."));
    b.refused(directory, b.out.first, failure(EISDIR));
    b.refused(b.sockets.first, directory, failure(EISDIR));
    descriptor wrapped{b.io, ::open(b.dir.path(".").c_str(), O_RDONLY | O_CLOEXEC)};
    b.refused(wrapped, b.out.first, failure(EISDIR));
}

BOOST_AUTO_TEST_CASE(a_closed_end_is_refused)
{
    bench b;
    file closed_file{b.io};
    local::socket closed_socket{b.io};
    descriptor closed_descriptor{b.io};
    asio::readable_pipe closed_pipe{b.io};
    b.refused(closed_file, b.out.first, failure(EBADF));
    b.refused(closed_socket, b.out.first, failure(EBADF));
    b.refused(closed_descriptor, b.out.first, failure(EBADF));
    b.refused(closed_pipe, b.out.first, failure(EBADF));
    b.refused(b.sockets.first, closed_file, failure(EBADF));
    b.refused(b.sockets.first, closed_socket, failure(EBADF));
    b.refused(b.sockets.first, closed_descriptor, failure(EBADF));
    auto source = open_file(b.io, b.dir.path("file"));
    b.refused(source, closed_socket, failure(EBADF));
    BOOST_TEST(position_of(source.native_handle()) == 0u);
}

BOOST_AUTO_TEST_CASE(a_descriptor_closed_behind_its_object_is_an_error, *needs_kernel_methods)
{
    bench b;
    int ends[2];
    BOOST_REQUIRE(::pipe(ends) == 0);
    ::close(ends[1]);
    ::close(ends[0]);
    file stale{b.io.get_executor(), ends[0]};
    b.refused(stale, b.out.first, failure(EBADF));
    b.refused(b.sockets.first, stale, failure(EBADF));
    static_cast<void>(stale.release());
}

BOOST_AUTO_TEST_CASE(the_wrong_direction_is_refused_before_bytes_are_taken)
{
    bench b;
    auto read_only = open_file(b.io, b.dir.path("file"));
    b.refused(b.sockets.first, read_only, failure(EBADF));
    auto other = create_file(b.io, b.dir.path("other"));
    b.refused(other, read_only, failure(EBADF));
    auto write_only = open_file(b.io, b.dir.path("file"), file::write_only);
    b.refused(write_only, b.out.first, failure(EBADF));
    b.refused(write_only, other, failure(EBADF));
    auto [reader, writer] = pipe_pair(b.io);
    b.refused(writer, b.out.first, failure(EBADF));
    b.refused(b.sockets.first, reader, failure(EBADF));
}

BOOST_AUTO_TEST_CASE(a_negative_or_overflowing_range_is_refused)
{
    bench b;
    auto source = open_file(b.io, b.dir.path("file"));
    constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    b.refused(file_range(source, static_cast<std::uint64_t>(-1), 10), b.out.first, failure(EINVAL));
    b.refused(file_range(source, static_cast<std::uint64_t>(-1)), b.out.first, failure(EINVAL));
    b.refused(file_range(source, 10, largest), b.out.first, failure(EINVAL));
    b.refused(file_range(source, largest, 1), b.out.first, failure(EINVAL));
    BOOST_TEST(copy(b.io, file_range(source, largest), b.out.first).bytes == 0u);
}

BOOST_AUTO_TEST_CASE(an_offset_past_the_end_is_an_early_end)
{
    bench b;
    auto source = open_file(b.io, b.dir.path("file"));
    BOOST_TEST(!copy(b.io, file_range(source, 6000), b.out.first).error);
    b.refused(file_range(source, 6000, 1), b.out.first, failure(errc::source_truncated));
    BOOST_TEST(!copy(b.io, file_range(source, 6000, 0), b.out.first).error);
    const outcome half = copy(b.io, file_range(source, 4900, 200), b.out.first);
    BOOST_TEST(half.error == failure(errc::source_truncated));
    BOOST_TEST(half.bytes == 100u);
    BOOST_TEST(read_now(b.out.second) == b.bytes.substr(4900));
    // A position past the end is the end.
    source.seek(9000, file::seek_set);
    BOOST_TEST(copy(b.io, source, b.out.first).bytes == 0u);
    auto other = create_file(b.io, b.dir.path("other"));
    BOOST_TEST(copy(b.io, source, other).bytes == 0u);
}

BOOST_AUTO_TEST_CASE(a_range_of_what_is_not_a_file_is_refused)
{
    bench b;
    auto [reader, writer] = pipe_pair(b.io);
    asio::write(writer, asio::buffer("kept"));
    b.refused(file_range(reader, 0), b.out.first, failure(ESPIPE));
    BOOST_TEST(read_now(reader).size() == 5u);
}

BOOST_AUTO_TEST_CASE(S12_an_empty_file_costs_one_read_and_no_write)
{
    bench b;
    write_file(b.dir.path("empty"), "");
    auto source = open_file(b.io, b.dir.path("empty"));
    kernel_copy::monitor counters;
    const outcome result = copy(b.io, source, b.out.first, {.monitor = &counters});
    BOOST_TEST(!result.error);
    BOOST_TEST(result.bytes == 0u);
    BOOST_TEST(counters.calls(kernel_copy::method::buffer) == 1u);
    BOOST_TEST(counters.calls(kernel_copy::method::sendfile) == 0u);
}

BOOST_AUTO_TEST_CASE(P29_a_file_onto_itself_is_refused)
{
    bench b;
    auto in = open_file(b.io, b.dir.path("file"));
    auto same = open_file(b.io, b.dir.path("file"), file::read_write);
    b.refused(in, same, failure(errc::overlapping_copy));
    auto append = open_file(b.io, b.dir.path("file"), file::write_only | file::append);
    b.refused(in, append, failure(errc::overlapping_copy));
    std::filesystem::create_hard_link(b.dir.path("file"), b.dir.path("link"));
    auto link = open_file(b.io, b.dir.path("link"), file::read_write);
    b.refused(in, link, failure(errc::overlapping_copy));
    same.seek(100, file::seek_set);
    b.refused(in, same, failure(errc::overlapping_copy));
    b.refused(file_range(same, 0, 101), same, failure(errc::overlapping_copy));
    BOOST_TEST(position_of(in.native_handle()) == 0u);
}

BOOST_AUTO_TEST_CASE(P29_ranges_of_one_file_that_do_not_overlap_are_copied)
{
    bench b;
    auto out = open_file(b.io, b.dir.path("file"), file::read_write);
    out.seek(1000, file::seek_set);
    BOOST_TEST(copy(b.io, file_range(out, 0, 1000), out).bytes == 1000u);
    std::string expected = b.bytes;
    expected.replace(1000, 1000, b.bytes, 0, 1000);
    CHECK_SAME_BYTES(read_file(b.dir.path("file")), expected);
    // The tail to the front.
    out.seek(0, file::seek_set);
    BOOST_TEST(copy(b.io, file_range(out, 4000), out).bytes == 1000u);
    expected.replace(0, 1000, b.bytes, 4000, 1000);
    CHECK_SAME_BYTES(read_file(b.dir.path("file")), expected);
}

BOOST_AUTO_TEST_CASE(options_that_cannot_be_are_refused)
{
    bench b;
    BOOST_TEST(copy(b.io, b.sockets.first, b.out.first, {.turn_budget = 0}).error == failure(EINVAL));
    BOOST_TEST(copy(b.io, b.sockets.first, b.out.first, {.buffer_size = 0}).error == failure(EINVAL));
    const kernel_copy::method_set none =
        kernel_copy::method_set{kernel_copy::method::buffer}.without(kernel_copy::method::buffer);
    b.refused(b.sockets.first, b.out.first, failure(errc::no_method_available), {.methods = none});
}

BOOST_AUTO_TEST_CASE(P27_an_append_only_sink_is_written_at_its_end)
{
    bench b;
    for (const bool from_socket : {false, true})
    {
        write_file(b.dir.path("log"), "before ");
        auto log = open_file(b.io, b.dir.path("log"), file::write_only | file::append);
        auto source = open_file(b.io, b.dir.path("file"));
        const outcome result = from_socket ? copy(b.io, take(b.sockets.first, 5000), log) : copy(b.io, source, log);
        BOOST_TEST(!result.error);
        BOOST_TEST(result.bytes == 5000u);
        CHECK_SAME_BYTES(read_file(b.dir.path("log")), "before " + b.bytes);
        BOOST_TEST((::fcntl(log.native_handle(), F_GETFL) & O_APPEND) != 0); // never cleared
    }
}

BOOST_AUTO_TEST_CASE(a_file_is_opened_once_and_says_that_it_could_not_be_closed)
{
    bench b;
    auto once = open_file(b.io, b.dir.path("file"));
    error_code error;
    once.open(b.dir.path("file").c_str(), file::read_only, error);
    BOOST_TEST(error == error_code{asio::error::already_open});
    BOOST_TEST(once.is_open());
    ::close(once.native_handle()); // by somebody else
    once.close(error);
    BOOST_TEST(error == failure(EBADF));
    BOOST_TEST(!once.is_open());
}

BOOST_AUTO_TEST_SUITE_END()

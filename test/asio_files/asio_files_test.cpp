// Distributed under the Boost Software License, Version 1.0.
#include "support/content.hpp"
#include "support/copies.hpp"
#include "support/ends.hpp"
#include "support/system.hpp"

#include <boost/asio/random_access_file.hpp>
#include <boost/asio/stream_file.hpp>

using namespace test;
using kernel_copy::file_range;
using kernel_copy::method;

BOOST_FIXTURE_TEST_SUITE(asio_files, descriptor_balance)

BOOST_AUTO_TEST_CASE(S3_S4_asios_stream_file_is_a_source_and_a_sink, *needs_kernel_methods)
{
    asio::io_context io;
    temp_dir dir;
    const std::string bytes = content(300'000);
    write_file(dir.path("in"), bytes);
    asio::stream_file in{io, dir.path("in"), asio::stream_file::read_only};
    asio::stream_file out{io, dir.path("out"),
                          asio::stream_file::write_only | asio::stream_file::create | asio::stream_file::truncate};
    kernel_copy::monitor counters;
    BOOST_TEST(copy(io, in, out, {.monitor = &counters}).bytes == bytes.size());
    BOOST_TEST((counters.current() == method::copy_file_range));
    CHECK_SAME_BYTES(read_file(dir.path("out")), bytes);

    in.seek(100'000, asio::stream_file::seek_set);
    auto sockets = local_pair(io);
    BOOST_TEST(copy(io, kernel_copy::take(in, 50'000), sockets.first, {.monitor = &counters}).bytes == 50'000u);
    BOOST_TEST((counters.current() == method::sendfile));
    CHECK_SAME_BYTES(read_now(sockets.second), bytes.substr(100'000, 50'000));
}

BOOST_AUTO_TEST_CASE(P20_asios_random_access_file_is_a_source_of_ranges)
{
    asio::io_context io;
    temp_dir dir;
    const std::string bytes = content(300'000);
    write_file(dir.path("in"), bytes);
    asio::random_access_file in{io, dir.path("in"), asio::random_access_file::read_only};
    auto sockets = local_pair(io);
    BOOST_TEST(copy(io, file_range(in, 1000, 50'000), sockets.first).bytes == 50'000u);
    CHECK_SAME_BYTES(read_now(sockets.second), bytes.substr(1000, 50'000));
    auto out = create_file(io, dir.path("out"));
    BOOST_TEST(copy(io, file_range(in, 7), out).bytes == 299'993u);
    CHECK_SAME_BYTES(read_file(dir.path("out")), bytes.substr(7));
}

BOOST_AUTO_TEST_CASE(asios_files_are_sinks_of_sockets_and_pipes)
{
    asio::io_context io;
    temp_dir dir;
    const std::string bytes = content(50'000);
    asio::stream_file stream{io, dir.path("stream"), asio::stream_file::write_only | asio::stream_file::create};
    asio::random_access_file any{io, dir.path("any"),
                                 asio::random_access_file::write_only | asio::random_access_file::create};
    stream.seek(7, asio::stream_file::seek_set);
    ::lseek(any.native_handle(), 7, SEEK_SET);
    const auto send = [&](auto& sink) {
        auto sockets = local_pair(io);
        asio::write(sockets.second, asio::buffer(bytes));
        sockets.second.close();
        BOOST_TEST(copy(io, sockets.first, sink).bytes == bytes.size());
        auto pipe = asio_pipe_pair(io);
        asio::write(pipe.second, asio::buffer(bytes));
        pipe.second.close();
        BOOST_TEST(copy(io, pipe.first, sink).bytes == bytes.size());
    };
    send(stream);
    send(any);
    const std::string expected = std::string(7, '\0') + bytes + bytes;
    CHECK_SAME_BYTES(read_file(dir.path("stream")), expected);
    CHECK_SAME_BYTES(read_file(dir.path("any")), expected);
}

BOOST_AUTO_TEST_CASE(S3_a_file_to_asios_random_access_file, *needs_kernel_methods)
{
    asio::io_context io;
    temp_dir dir;
    const std::string bytes = content(300'000);
    write_file(dir.path("in"), bytes);
    auto in = open_file(io, dir.path("in"));
    asio::random_access_file out{io, dir.path("out"),
                                 asio::random_access_file::write_only | asio::random_access_file::create};
    kernel_copy::monitor counters;
    BOOST_TEST(copy(io, in, out, {.monitor = &counters}).bytes == bytes.size());
    BOOST_TEST((counters.current() == method::copy_file_range));
    CHECK_SAME_BYTES(read_file(dir.path("out")), bytes);
}

BOOST_AUTO_TEST_SUITE_END()

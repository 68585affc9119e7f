// Distributed under the Boost Software License, Version 1.0.
#include "support/content.hpp"
#include "support/copies.hpp"
#include "support/mounts.hpp"
#include "support/system.hpp"

#include <sys/stat.h>

using namespace test;
using kernel_copy::file;
using kernel_copy::method;
using kernel_copy::method_set;

BOOST_FIXTURE_TEST_SUITE(changing_world, descriptor_balance)

BOOST_AUTO_TEST_CASE(P19_a_file_that_is_truncated_during_the_copy_ends_it)
{
    for (const bool ranged : {false, true})
        for (const auto& methods : {method_set{}, method_set{method::buffer}})
        {
            asio::io_context io;
            temp_dir dir;
            write_file(dir.path("in"), content(30 << 20));
            auto in = open_file(io, dir.path("in"), file::read_write);
            auto sockets = local_pair(io);
            outcome result;
            if (ranged)
                kernel_copy::async_kernel_copy(kernel_copy::file_range(in, 0, 30 << 20), sockets.first,
                                               {.methods = methods}, result.handler());
            else
                kernel_copy::async_kernel_copy(in, sockets.first, {.methods = methods}, result.handler());
            settle(io);
            BOOST_TEST(!result.done);
            in.resize(0);
            std::uint64_t arrived = 0;
            run_until(io, [&] {
                arrived += read_now(sockets.second).size();
                return result.done;
            });
            arrived += read_now(sockets.second).size();
            BOOST_TEST(result.error == (ranged ? failure(errc::source_truncated) : error_code{}));
            BOOST_TEST(result.bytes == arrived);
            BOOST_TEST(result.bytes < std::uint64_t{30 << 20});
        }
}

BOOST_AUTO_TEST_CASE(a_file_that_grows_is_followed_to_its_end)
{
    asio::io_context io;
    temp_dir dir;
    const std::string bytes = content(20 << 20);
    write_file(dir.path("in"), bytes.substr(0, 15 << 20));
    auto in = open_file(io, dir.path("in"));
    auto sockets = local_pair(io);
    outcome result;
    kernel_copy::async_kernel_copy(in, sockets.first, result.handler());
    settle(io);
    std::ofstream{dir.path("in"), std::ios::app | std::ios::binary} << bytes.substr(15 << 20);
    std::string arrived;
    run_until(io, [&] {
        arrived += read_now(sockets.second);
        return result.done;
    });
    arrived += read_now(sockets.second);
    CHECK_SAME_BYTES(arrived, bytes);
}

BOOST_AUTO_TEST_CASE(P30_a_full_disk_leaves_exact_counts, *boost::unit_test::precondition(mounts_here))
{
    asio::io_context io;
    const sized_tmpfs small{"8k"};
    temp_dir dir;
    write_file(dir.path("in"), content(100'000));
    for (const auto& methods : {method_set{}, method_set{method::sendfile}, method_set{method::buffer}})
    {
        auto in = open_file(io, dir.path("in"));
        auto out = create_file(io, small.path("out"));
        const outcome result = copy(io, in, out, {.methods = methods});
        BOOST_TEST(result.error == failure(ENOSPC));
        BOOST_TEST(result.bytes == 8192u);
        BOOST_TEST(position_of(in.native_handle()) == 8192u);
        CHECK_SAME_BYTES(read_file(small.path("out")), content(8192));
    }
}

BOOST_AUTO_TEST_CASE(P32_after_a_reset_the_first_error_stays)
{
    asio::io_context io;
    auto in = tcp_pair(io);
    auto out = tcp_pair(io);
    outcome result;
    kernel_copy::async_kernel_copy(in.first, out.first, result.handler());
    asio::write(in.second, asio::buffer("bytes", 5));
    settle(io);
    in.second.set_option(asio::socket_base::linger{true, 0});
    in.second.close();
    run(io);
    BOOST_TEST(result.error == failure(ECONNRESET));
    BOOST_TEST(result.bytes == 5u);
    BOOST_TEST(read_now(out.second) == "bytes");
}

BOOST_AUTO_TEST_CASE(S10_S14_a_block_device_is_a_source, *boost::unit_test::precondition(root_only))
{
    // A loop device over a file.
    temp_dir dir;
    const std::string bytes = content(1 << 20);
    write_file(dir.path("image"), bytes);
    const loop_device device{dir.path("image")};
    asio::io_context io;
    for (const auto& methods : {method_set{}, method_set{method::buffer}})
    {
        auto in = open_file(io, device.path());
        auto out = create_file(io, dir.path("out"));
        kernel_copy::monitor counters;
        BOOST_TEST(copy(io, in, out, {.methods = methods, .monitor = &counters}).bytes == bytes.size());
        CHECK_SAME_BYTES(read_file(dir.path("out")), bytes);
        if (methods == method_set{})
            BOOST_TEST((counters.current() == method::sendfile));
        auto sockets = local_pair(io);
        BOOST_TEST(copy(io, kernel_copy::file_range(in, 1000, 50'000), sockets.first, {.methods = methods}).bytes ==
                   50'000u);
        CHECK_SAME_BYTES(read_now(sockets.second), bytes.substr(1000, 50'000));
    }
}

BOOST_AUTO_TEST_CASE(B8_a_fifo_is_a_pipe)
{
    asio::io_context io;
    temp_dir dir;
    BOOST_REQUIRE(::mkfifo(dir.path("fifo").c_str(), 0600) == 0);
    descriptor reader{io, ::open(dir.path("fifo").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
    auto writer = open_file(io, dir.path("fifo"), file::write_only); // the library's file, on what is none
    const std::string bytes = content(300'000);
    write_file(dir.path("in"), bytes);
    auto in = open_file(io, dir.path("in"));
    kernel_copy::monitor counters;
    outcome result;
    kernel_copy::async_kernel_copy(in, writer, {.monitor = &counters}, result.handler());
    std::string arrived;
    run_until(io, [&] {
        arrived += read_now(reader);
        return result.done;
    });
    arrived += read_now(reader);
    BOOST_TEST((counters.current() == method::splice));
    BOOST_TEST(counters.waits() > 0u);
    CHECK_SAME_BYTES(arrived, bytes);
}

BOOST_AUTO_TEST_SUITE_END()

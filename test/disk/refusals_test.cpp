// Distributed under the Boost Software License, Version 1.0.
//
// P30, P31: sinks that take a part only, or nothing. What was written is counted, and the source stands behind it.
#include "support/disk_ends.hpp"
#include "support/mounts.hpp"

#include <boost/asio/thread_pool.hpp>

#include <csignal>

#include <sys/mman.h>
#include <sys/resource.h>

using namespace test;
using kernel_copy::copy_options;
using kernel_copy::method;
using kernel_copy::method_set;
using kernel_copy::take;

namespace {

constexpr std::uint64_t size = 100'000;

template <class Function>
void for_all_ways(Function function)
{
    for (const disk d : all_disks)
        for (const auto& methods :
             {method_set{}, method_set{method::sendfile, method::splice_through_pipe, method::splice},
              method_set{method::buffer}})
            BOOST_TEST_CONTEXT(d << (methods == method_set{}            ? ""
                                     : methods.contains(method::buffer) ? " buffer"
                                                                        : " kernel"))
            {
                function(copy_options{.methods = methods, .disk = d});
            }
}

/// The peer gets rid of the rest: a pipe that is closed would signal.
template <class Stream>
void drain(asio::io_context& io, Stream& stream)
{
    std::string rest;
    collect(stream, rest);
    run(io);
}

/// From a file and from a socket and a pipe into a file that takes so many bytes.
void takes_only(const std::string& path, std::uint64_t taken, const error_code& expected, const copy_options& way,
                const std::string& written)
{
    asio::io_context io;
    const std::string bytes = content(size);
    const auto check = [&](const outcome& result, kernel_copy::file& out) {
        BOOST_TEST(result.error == expected);
        BOOST_TEST(result.bytes == taken);
        BOOST_TEST(out.size() == taken);
        BOOST_TEST(position_of(out.native_handle()) == taken);
        CHECK_SAME_BYTES(read_file(path), written);
    };
    {
        disk_file_source in{io, bytes};
        auto out = create_file(io, path);
        auto limited = take(in.end(), size);
        check(copy(io, limited, out, way), out);
        BOOST_TEST(position_of(in.end().native_handle()) == taken);
        BOOST_TEST(limited.limit() == size - taken);
    }
    {
        auto in = local_pair(io);
        feed(in.second, bytes);
        auto out = create_file(io, path);
        outcome result;
        kernel_copy::async_kernel_copy(in.first, out, way, result.handler());
        run_until(io, [&] { return result.done; });
        check(result, out);
        drain(io, in.first);
    }
    auto in = pipe_pair(io);
    feed(in.second, bytes);
    auto out = create_file(io, path);
    outcome result;
    kernel_copy::async_kernel_copy(in.first, out, way, result.handler());
    run_until(io, [&] { return result.done; });
    check(result, out);
    drain(io, in.first);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(refusals, balance)

BOOST_AUTO_TEST_CASE(P30_a_full_disk, *boost::unit_test::precondition(mounts_here))
{
    const sized_tmpfs small{"8k"};
    for_all_ways(
        [&](const copy_options& way) { takes_only(small.path("out"), 8192, failure(ENOSPC), way, content(8192)); });
}

BOOST_AUTO_TEST_CASE(P31_a_limit_of_file_sizes_is_an_error_and_no_signal)
{
    // The child would die of the signal. Its threads are those of disk_workers, or those of a pool of its own.
    for (const bool own_pool : {false, true})
        for_all_ways([&](const copy_options& way) {
            const int status = in_child([&] {
                const rlimit limit = {10'000, 10'000};
                if (std::signal(SIGXFSZ, SIG_DFL) == SIG_ERR || ::setrlimit(RLIMIT_FSIZE, &limit) != 0)
                    return 77;
                temp_dir dir{tmpfs};
                asio::io_context io;
                asio::thread_pool pool{2};
                const asio::any_io_executor on = pool.get_executor();
                copy_options options = way;
                options.disk_executor = own_pool ? &on : nullptr;
                kernel_copy::file source{io.get_executor(), ::open("/proc/self/exe", O_RDONLY | O_CLOEXEC)};
                auto sink = create_file(io, dir.path("out"));
                auto sockets = local_pair(io);
                auto second = create_file(io, dir.path("second"));
                feed(sockets.second, content(50'000));
                outcome from_file;
                outcome from_socket;
                kernel_copy::async_kernel_copy(source, sink, options, from_file.handler());
                kernel_copy::async_kernel_copy(sockets.first, second, options, from_socket.handler());
                io.run_for(patience);
                const bool right =
                    from_file.done && from_file.error == failure(EFBIG) && from_file.bytes == 10'000 &&
                    position_of(source.native_handle()) == 10'000 && position_of(sink.native_handle()) == 10'000 &&
                    from_socket.done && from_socket.error == failure(EFBIG) && from_socket.bytes == 10'000 &&
                    position_of(second.native_handle()) == 10'000 && read_file(dir.path("second")) == content(10'000);
                pool.join();
                return right ? 0 : 1;
            });
            BOOST_TEST(status == 0);
        });
}

BOOST_AUTO_TEST_CASE(P27_a_sink_that_appends)
{
    for (const disk d : all_disks)
        for (const bool from_file : {true, false})
        {
            asio::io_context io;
            temp_dir dir;
            write_file(dir.path("log"), "before ");
            auto log = open_file(io, dir.path("log"), kernel_copy::file::write_only | kernel_copy::file::append);
            disk_file_source file{io, content(size)};
            tcp_source socket{io, content(size)};
            const outcome result =
                from_file ? copy(io, file.end(), log, {.disk = d}) : copy(io, socket.end(), log, {.disk = d});
            if (from_file)
                copy(io, take(socket.end(), size),
                     asio::posix::stream_descriptor{io, ::open("/dev/null", O_WRONLY | O_CLOEXEC)});
            BOOST_TEST(!result.error);
            BOOST_TEST(result.bytes == size);
            CHECK_SAME_BYTES(read_file(dir.path("log")), "before " + content(size));
            BOOST_TEST((::fcntl(log.native_handle(), F_GETFL) & O_APPEND) != 0);
        }
}

BOOST_AUTO_TEST_CASE(B4_a_sealed_file)
{
    for_all_ways([](const copy_options& way) {
        asio::io_context io;
        for (const int seals : {F_SEAL_WRITE, F_SEAL_GROW})
        {
            kernel_copy::file sealed{io.get_executor(), ::memfd_create("sealed", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
            BOOST_REQUIRE(::write(sealed.native_handle(), "--------", 8) == 8);
            BOOST_REQUIRE(::fcntl(sealed.native_handle(), F_ADD_SEALS, seals) == 0);
            sealed.seek(0, kernel_copy::file::seek_set);
            disk_file_source in{io, content(size)};
            const outcome result = copy(io, in.end(), sealed, way);
            BOOST_TEST(result.error == failure(EPERM));
            const std::uint64_t taken = result.bytes;
            BOOST_TEST(taken == (seals == F_SEAL_GROW ? taken : 0));
            BOOST_TEST(taken <= 8u);
            BOOST_TEST(position_of(in.end().native_handle()) == taken);
            BOOST_TEST(position_of(sealed.native_handle()) == taken);
            std::string held(8, '\0');
            BOOST_TEST(::pread(sealed.native_handle(), held.data(), 9, 0) == 8);
            BOOST_TEST(held == content(taken) + std::string(8 - taken, '-'));
        }
    });
}

BOOST_AUTO_TEST_CASE(P29_a_file_onto_itself_by_another_name)
{
    for (const disk d : all_disks)
    {
        asio::io_context io;
        temp_dir dir;
        write_file(dir.path("file"), content(size));
        std::filesystem::create_hard_link(dir.path("file"), dir.path("link"));
        auto in = open_file(io, dir.path("file"));
        auto out = open_file(io, dir.path("link"), kernel_copy::file::read_write);
        const outcome result = copy(io, in, out, {.disk = d});
        BOOST_TEST(result.error == failure(errc::overlapping_copy));
        BOOST_TEST(result.bytes == 0u);
        BOOST_TEST(position_of(in.native_handle()) == 0u);
        BOOST_TEST(position_of(out.native_handle()) == 0u);
        CHECK_SAME_BYTES(read_file(dir.path("file")), content(size));
        BOOST_TEST(asio::use_service<kernel_copy::disk_workers>(io).threads() == 0u);
    }
}

BOOST_AUTO_TEST_SUITE_END()

// Distributed under the Boost Software License, Version 1.0.
//
// Files that are opened with O_DIRECT, and one that may not be changed.
#include "support/disk_ends.hpp"
#include "support/mounts.hpp"

#include <linux/fs.h>
#include <sys/ioctl.h>

using namespace test;
using kernel_copy::copy_options;
using kernel_copy::file_range;
using kernel_copy::method;
using kernel_copy::method_set;

namespace {

/// A file of the library's, with flags that it does not know.
kernel_copy::file open_with(asio::io_context& io, const std::string& path, int flags)
{
    return {io.get_executor(), ::open(path.c_str(), flags | O_CLOEXEC, 0600)};
}

template <class Function>
void for_all_ways(Function function)
{
    for (const disk d : all_disks)
        for (const auto& methods : {method_set{}, method_set{method::buffer}})
            BOOST_TEST_CONTEXT(d << (methods == method_set{} ? "" : " buffer"))
            {
                function(copy_options{.methods = methods, .disk = d});
            }
}

/// All came, or an error says that not all did; what came is right.
void is_honest(const outcome& result, const std::string& arrived, const std::string& expected)
{
    BOOST_TEST(result.bytes == arrived.size());
    CHECK_SAME_BYTES(arrived, expected.substr(0, arrived.size()));
    if (result.error)
        BOOST_TEST(result.error == failure(EINVAL));
    else
        BOOST_TEST(arrived.size() == expected.size());
}

template <class Sink, class SourceOf>
void copies_honestly(const std::string& path, const copy_options& way, SourceOf of, const std::string& expected)
{
    asio::io_context io;
    auto in = open_with(io, path, O_RDONLY | O_DIRECT);
    Sink sink{io};
    outcome result;
    kernel_copy::async_kernel_copy(of(in), sink.end(), way, result.handler());
    run_until(io, [&] { return result.done; });
    sink.finish();
    run(io);
    is_honest(result, sink.bytes(), expected);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(direct_files, balance)

BOOST_AUTO_TEST_CASE(a_source_without_the_page_cache)
{
    temp_dir dir;
    for (const std::uint64_t size : {1'048'576u, 300'001u, 4096u, 700u})
    {
        const std::string bytes = content(size);
        write_file(dir.path("in"), bytes);
        for_all_ways([&](const copy_options& way) {
            const auto whole = [](auto& file) -> auto&
            {
                return file;
            };
            const auto unaligned = [](auto& file) { return file_range(file, 513); };
            copies_honestly<tcp_sink>(dir.path("in"), way, whole, bytes);
            copies_honestly<pipe_sink>(dir.path("in"), way, whole, bytes);
            copies_honestly<disk_file_sink>(dir.path("in"), way, whole, bytes);
            copies_honestly<tcp_sink>(dir.path("in"), way, unaligned, bytes.substr(513));
            copies_honestly<pipe_sink>(dir.path("in"), way, unaligned, bytes.substr(513));
            copies_honestly<disk_file_sink>(dir.path("in"), way, unaligned, bytes.substr(513));
        });
    }
}

BOOST_AUTO_TEST_CASE(a_sink_without_the_page_cache)
{
    temp_dir dir;
    for (const std::uint64_t size : {1'048'576u, 300'001u})
        for_all_ways([&](const copy_options& way) {
            for (const bool from_file : {true, false})
            {
                asio::io_context io;
                auto out = open_with(io, dir.path("out"), O_RDWR | O_CREAT | O_TRUNC | O_DIRECT);
                disk_file_source file{io, content(size)};
                auto socket = local_pair(io);
                const std::string bytes = content(size);
                feed(socket.second, bytes);
                outcome result;
                if (from_file)
                    kernel_copy::async_kernel_copy(file.end(), out, way, result.handler());
                else
                    kernel_copy::async_kernel_copy(socket.first, out, way, result.handler());
                run_until(io, [&] { return result.done; });
                socket.first.close();
                run(io);
                is_honest(result, read_file(dir.path("out")), bytes);
                if (from_file)
                    BOOST_TEST(position_of(file.end().native_handle()) == result.bytes);
                BOOST_TEST((::fcntl(out.native_handle(), F_GETFL) & O_DIRECT) != 0);
            }
        });
}

BOOST_AUTO_TEST_CASE(B4_a_file_that_may_not_be_changed, *boost::unit_test::precondition(root_only))
{
    temp_dir dir;
    write_file(dir.path("immutable"), "kept");
    asio::io_context io;
    disk_file_source in{io, content(10'000)};
    auto out = open_file(io, dir.path("immutable"), kernel_copy::file::read_write); // before it becomes that
    int flags = 0;
    BOOST_REQUIRE(::ioctl(out.native_handle(), FS_IOC_GETFLAGS, &flags) == 0);
    flags |= FS_IMMUTABLE_FL;
    if (::ioctl(out.native_handle(), FS_IOC_SETFLAGS, &flags) != 0)
    {
        BOOST_TEST_MESSAGE("skipped: no file can be made immutable here");
        return;
    }
    for_all_ways([&](const copy_options& way) {
        in.end().seek(0, kernel_copy::file::seek_set);
        out.seek(0, kernel_copy::file::seek_set);
        const outcome result = copy(io, in.end(), out, way);
        BOOST_TEST(position_of(in.end().native_handle()) == result.bytes);
        BOOST_TEST((result.error == failure(EPERM) || !result.error)); // kernels differ about files that are open
        CHECK_SAME_BYTES(read_file(dir.path("immutable")), result.error ? "kept" : content(10'000));
    });
    flags &= ~FS_IMMUTABLE_FL;
    BOOST_TEST(::ioctl(out.native_handle(), FS_IOC_SETFLAGS, &flags) == 0);
}

BOOST_AUTO_TEST_SUITE_END()

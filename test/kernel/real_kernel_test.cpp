// Distributed under the Boost Software License, Version 1.0.
#include "support/content.hpp"
#include "support/copies.hpp"
#include "support/fake_kernel.hpp"
#include "support/system.hpp"

#include <csignal>
#include <limits>

#include <linux/fs.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/time.h>

using namespace test;
using kernel_copy::file;
using kernel_copy::method;
using kernel_copy::method_set;
using kernel_copy::take;

namespace {

/// A file that the system fills when it is read.
std::string copied_from(asio::io_context& io, const std::string& path, const kernel_copy::copy_options& options = {})
{
    temp_dir dir;
    auto in = open_file(io, path);
    auto out = create_file(io, dir.path("out"));
    const outcome result = copy(io, in, out, options);
    BOOST_TEST(!result.error);
    const std::string bytes = read_file(dir.path("out"));
    BOOST_TEST(result.bytes == bytes.size());
    BOOST_TEST(position_of(in.native_handle()) == bytes.size());
    return bytes;
}

/// A loop device over an image; no path where none can be had.
class loop_device
{
public:
    explicit loop_device(const std::string& image)
    {
        const int control = ::open("/dev/loop-control", O_RDWR | O_CLOEXEC);
        const int number = ::ioctl(control, LOOP_CTL_GET_FREE);
        ::close(control);
        if (number < 0)
            return;
        const std::string path = "/dev/loop" + std::to_string(number);
        const int backing = ::open(image.c_str(), O_RDONLY | O_CLOEXEC);
        device_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        if (::ioctl(device_, LOOP_SET_FD, backing) == 0)
            path_ = path;
        ::close(backing);
    }
    loop_device(const loop_device&) = delete;
    loop_device& operator=(const loop_device&) = delete;
    ~loop_device()
    {
        if (!path_.empty())
            ::ioctl(device_, LOOP_CLR_FD, 0);
        if (device_ != -1)
            ::close(device_);
    }
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    int device_ = -1;
    std::string path_{};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(real_kernel, descriptor_balance)

BOOST_AUTO_TEST_CASE(S12_P26_procfs_says_0_and_is_read)
{
    asio::io_context io;
    kernel_copy::monitor counters;
    BOOST_TEST(copied_from(io, "/proc/version", {.monitor = &counters}) == read_file("/proc/version"));
    BOOST_TEST(counters.calls(method::copy_file_range) == 0u);
    BOOST_TEST(counters.calls(method::sendfile) == 0u);
    BOOST_TEST(counters.bytes(method::buffer) > 0u);
    auto version = open_file(io, "/proc/version");
    auto sockets = local_pair(io);
    BOOST_TEST(copy(io, version, sockets.first).bytes > 0u);
    BOOST_TEST(read_now(sockets.second) == read_file("/proc/version"));
}

BOOST_AUTO_TEST_CASE(P26_S37_sysfs_says_4096_and_holds_less)
{
    asio::io_context io;
    const std::string path = "/sys/kernel/mm/transparent_hugepage/enabled";
    kernel_copy::monitor counters;
    BOOST_TEST(copied_from(io, path, {.monitor = &counters}) == read_file(path));
    BOOST_TEST(counters.given_up(method::copy_file_range).failed());
    auto sysfs = open_file(io, path);
    auto sockets = local_pair(io);
    BOOST_TEST(copy(io, sysfs, sockets.first).bytes == read_file(path).size());
    // A promise by the size that it reports is broken in time, not a spin.
    BOOST_TEST(copy(io, kernel_copy::file_range(sysfs, 0, 4096), sockets.first).error ==
               failure(errc::source_truncated));
}

BOOST_AUTO_TEST_CASE(P25_every_kind_of_file_ends_up_copied)
{
    asio::io_context io;
    for (const char* path : {"/proc/self/status", "/proc/cpuinfo", "/sys/kernel/mm/transparent_hugepage/defrag"})
        for (const auto& methods :
             {method_set{}, method_set{method::splice, method::buffer}, method_set{method::buffer}})
            BOOST_TEST(!copied_from(io, path, {.methods = methods}).empty());
}

BOOST_AUTO_TEST_CASE(S37_two_file_systems)
{
    asio::io_context io;
    temp_dir on_disk;
    temp_dir in_memory{tmpfs};
    const std::string bytes = content(3'000'000);
    write_file(on_disk.path("in"), bytes);
    auto in = open_file(io, on_disk.path("in"));
    auto out = create_file(io, in_memory.path("out"));
    BOOST_TEST(copy(io, in, out).bytes == bytes.size());
    CHECK_SAME_BYTES(read_file(in_memory.path("out")), bytes);
}

BOOST_AUTO_TEST_CASE(S36_S43_B5_near_the_largest_offset_the_copy_goes_on_by_other_means)
{
    // A sparse file that ends where position plus a call's length no longer fits into an offset.
    asio::io_context io;
    temp_dir dir{tmpfs};
    auto in = create_file(io, dir.path("in"));
    constexpr std::uint64_t largest = std::numeric_limits<std::int64_t>::max();
    const std::string bytes = content(50'000);
    const std::uint64_t size = (largest - (1 << 20)) & ~std::uint64_t{4095};
    error_code error;
    in.resize(size, error);
    BOOST_REQUIRE_MESSAGE(!error, "tmpfs holds sparse files of this size: " << error.message());
    const auto from = static_cast<std::int64_t>(size - bytes.size());
    BOOST_REQUIRE(::pwrite(in.native_handle(), bytes.data(), bytes.size(), from) == 50'000);
    for (const auto& methods : {method_set{}, method_set{method::sendfile, method::buffer}})
    {
        auto out = create_file(io, dir.path("out"));
        in.seek(from, file::seek_set);
        const outcome result = copy(io, in, out, {.methods = methods, .turn_budget = std::uint64_t{1} << 30});
        BOOST_TEST(!result.error, result.error.message());
        BOOST_TEST(result.bytes == bytes.size());
        CHECK_SAME_BYTES(read_file(dir.path("out")), bytes);
        BOOST_TEST(position_of(in.native_handle()) == size);
    }
}

BOOST_AUTO_TEST_CASE(B4_a_sealed_memfd_and_an_immutable_file_say_EPERM_for_themselves_only)
{
    asio::io_context io;
    temp_dir dir;
    const std::string bytes = content(10'000);
    write_file(dir.path("in"), bytes);
    auto in = open_file(io, dir.path("in"));
    const int sealed_descriptor = ::memfd_create("sealed", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    BOOST_REQUIRE(::fcntl(sealed_descriptor, F_ADD_SEALS, F_SEAL_WRITE) == 0);
    file sealed{io.get_executor(), sealed_descriptor};
    for (const auto& methods : {method_set{}, method_set{}.without(method::copy_file_range)})
    {
        const outcome result = copy(io, in, sealed, {.methods = methods});
        BOOST_TEST(result.error == failure(EPERM)); // of the write, in the end
        BOOST_TEST(result.bytes == 0u);
        BOOST_TEST(position_of(in.native_handle()) == 0u);
    }
    // Nothing was learned about the calls: the next file is offloaded.
    kernel_copy::monitor counters;
    auto out = create_file(io, dir.path("out"));
    BOOST_TEST(copy(io, in, out, {.monitor = &counters}).bytes == bytes.size());
    BOOST_TEST((counters.current() == method::copy_file_range));
    in.seek(0, file::seek_set);
    auto sockets = local_pair(io);
    BOOST_TEST(copy(io, in, sockets.first, {.monitor = &counters}).bytes == bytes.size());
    BOOST_TEST((counters.current() == method::sendfile));
}

BOOST_AUTO_TEST_CASE(B4_an_immutable_file_says_EPERM_for_itself_only, *boost::unit_test::precondition(needs_root{}))
{
    asio::io_context io;
    temp_dir dir;
    write_file(dir.path("in"), content(1000));
    auto in = open_file(io, dir.path("in"));
    auto fixed = create_file(io, dir.path("fixed"));
    int flags = 0;
    const bool can_be_made = ::ioctl(fixed.native_handle(), FS_IOC_GETFLAGS, &flags) == 0 &&
                             (flags |= FS_IMMUTABLE_FL, ::ioctl(fixed.native_handle(), FS_IOC_SETFLAGS, &flags) == 0);
    BOOST_REQUIRE_MESSAGE(can_be_made, "the file system of the build directory has no immutable files");
    kernel_copy::monitor counters;
    const outcome result = copy(io, in, fixed, {.monitor = &counters});
    BOOST_TEST(counters.given_up(method::copy_file_range) == failure(EPERM));
    flags &= ~FS_IMMUTABLE_FL;
    ::ioctl(fixed.native_handle(), FS_IOC_SETFLAGS, &flags);
    // An open descriptor may still write to it by the other means.
    BOOST_TEST((result.error == failure(EPERM) || result.bytes == 1000u));
    auto out = create_file(io, dir.path("out"));
    in.seek(0, file::seek_set);
    kernel_copy::monitor after;
    copy(io, in, out, {.monitor = &after});
    BOOST_TEST((after.current() == method::copy_file_range));
}

BOOST_AUTO_TEST_CASE(B1_P33_interrupted_calls_go_on)
{
    struct sigaction quiet = {};
    struct sigaction before = {};
    quiet.sa_handler = [](int) {};
    ::sigaction(SIGALRM, &quiet, &before); // without SA_RESTART
    const itimerval often = {{0, 500}, {0, 500}};
    const itimerval never = {};
    asio::io_context io;
    temp_dir dir{tmpfs};
    const std::string bytes = content(8 << 20);
    write_file(dir.path("in"), bytes);
    auto in = open_file(io, dir.path("in"));
    ::setitimer(ITIMER_REAL, &often, nullptr);
    for (const auto& methods : {method_set{}, method_set{method::sendfile}, method_set{method::buffer}})
    {
        auto out = create_file(io, dir.path("out"));
        in.seek(0, file::seek_set);
        const outcome result = copy(io, in, out, {.methods = methods, .turn_budget = 4 << 20});
        BOOST_TEST(!result.error);
        CHECK_SAME_BYTES(read_file(dir.path("out")), bytes);
    }
    auto in_sockets = local_pair(io);
    auto out_sockets = local_pair(io);
    outcome relayed;
    kernel_copy::async_kernel_copy(in_sockets.first, out_sockets.first, relayed.handler());
    feed(in_sockets.second, bytes);
    std::string arrived;
    collect(out_sockets.second, arrived);
    run_until(io, [&] { return relayed.done; });
    out_sockets.first.close();
    run(io);
    ::setitimer(ITIMER_REAL, &never, nullptr);
    ::sigaction(SIGALRM, &before, nullptr);
    CHECK_SAME_BYTES(arrived, bytes);
}

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

BOOST_AUTO_TEST_CASE(P30_a_full_disk_leaves_exact_counts, *boost::unit_test::precondition(needs_root{}))
{
    asio::io_context io;
    temp_dir dir;
    BOOST_REQUIRE(::mount("none", dir.path("").c_str(), "tmpfs", 0, "size=8k") == 0);
    temp_dir source_dir;
    write_file(source_dir.path("in"), content(100'000));
    for (const auto& methods : {method_set{}, method_set{method::sendfile}, method_set{method::buffer}})
    {
        auto in = open_file(io, source_dir.path("in"));
        auto out = create_file(io, dir.path("out"));
        const outcome result = copy(io, in, out, {.methods = methods});
        BOOST_TEST(result.error == failure(ENOSPC));
        BOOST_TEST(result.bytes == 8192u);
        BOOST_TEST(position_of(in.native_handle()) == 8192u);
        CHECK_SAME_BYTES(read_file(dir.path("out")), content(8192));
    }
    BOOST_TEST(::umount(dir.path("").c_str()) == 0);
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

BOOST_AUTO_TEST_CASE(S10_S14_a_block_device_is_a_source, *boost::unit_test::precondition(needs_root{}))
{
    // A loop device over a file.
    temp_dir dir;
    const std::string bytes = content(1 << 20);
    write_file(dir.path("image"), bytes);
    loop_device device{dir.path("image")};
    BOOST_REQUIRE_MESSAGE(!device.path().empty(), "a loop device can be had");
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

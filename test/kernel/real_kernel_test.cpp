// Distributed under the Boost Software License, Version 1.0.
#include "support/content.hpp"
#include "support/copies.hpp"
#include "support/fake_kernel.hpp"
#include "support/system.hpp"

#include <csignal>
#include <limits>

#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
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
    const std::string bytes = content(100'000);
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

BOOST_AUTO_TEST_CASE(B4_an_immutable_file_says_EPERM_for_itself_only, *boost::unit_test::precondition(root_only))
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

volatile std::sig_atomic_t pause_us = 0;

/// Each time a little later: where signals take long (valgrind), there is time for more than signals in the end.
void ring_later(int)
{
    if (pause_us != 0)
        pause_us = pause_us + 20;
    const itimerval soon{.it_interval = {}, .it_value = {.tv_sec = 0, .tv_usec = pause_us}};
    ::setitimer(ITIMER_REAL, &soon, nullptr);
}

BOOST_AUTO_TEST_CASE(B1_P33_interrupted_calls_go_on)
{
    struct sigaction again = {};
    struct sigaction before = {};
    again.sa_handler = ring_later;
    ::sigaction(SIGALRM, &again, &before); // without SA_RESTART
    asio::io_context io;
    temp_dir dir{tmpfs};
    const std::string bytes = content(8 << 20);
    write_file(dir.path("in"), bytes);
    auto in = open_file(io, dir.path("in"));
    pause_us = 500;
    ring_later(SIGALRM);
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
    pause_us = 0;
    ring_later(SIGALRM);
    ::sigaction(SIGALRM, &before, nullptr);
    CHECK_SAME_BYTES(arrived, bytes);
}

BOOST_AUTO_TEST_SUITE_END()

// Distributed under the Boost Software License, Version 1.0.
#include "support/content.hpp"
#include "support/fuse_file_system.hpp"
#include "support/page_cache.hpp"
#include "support/system.hpp"
#include "timed_reads.hpp"

#include <future>
#include <tuple>
#include <vector>

#include <sys/mman.h>
#include <sys/sendfile.h>

using namespace test;

namespace {

constexpr std::uint64_t piece = bytes_per_delay;

/// How long it takes when readers of pieces of their own come at once.
steady::duration together(const fuse_file_system& disk, unsigned readers)
{
    const auto begin = steady::now();
    std::vector<std::future<bytes_read>> reads;
    for (unsigned i = 0; i != readers; ++i)
        reads.push_back(std::async(std::launch::async, [&disk, i] { return read_at(disk.path(), i * piece, piece); }));
    for (auto& read : reads)
        read.get();
    return steady::now() - begin;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(slow_disk, descriptor_balance, *boost::unit_test::precondition(fuse_here))

BOOST_AUTO_TEST_CASE(every_128_KiB_takes_the_delay)
{
    const fuse_file_system disk{{{.size = 2 * piece + 1, .direct_io = true}}, {.delay = 20ms}};
    const bytes_read all = read_at(disk.path(), 0, 1 << 20);
    CHECK_SAME_BYTES(all.bytes, content(2 * piece + 1));
    BOOST_TEST((all.took >= 60ms));
    const bytes_read one = read_at(disk.path(), 1000, 1);
    BOOST_TEST(one.bytes == content(1, 1000));
    BOOST_TEST((one.took >= 20ms));
}

BOOST_AUTO_TEST_CASE(readers_wait_at_the_same_time_or_for_one_arm)
{
    const slow_file file{.size = 4 * piece, .direct_io = true};
    BOOST_TEST((together(fuse_file_system{{file}, {.delay = 200ms}}, 4) < 600ms));
    BOOST_TEST((together(fuse_file_system{{file}, {.delay = 50ms, .one_arm = true}}, 4) >= 200ms));
}

BOOST_AUTO_TEST_CASE(what_was_read_is_warm_until_it_is_dropped)
{
    const fuse_file_system disk{{{.size = piece}}, {.delay = 200ms}};
    BOOST_TEST(cached_pages(disk.path()) == 0u);
    for (int round = 0; round != 2; ++round)
    {
        BOOST_TEST((read_at(disk.path(), 0, piece).took >= 200ms));
        BOOST_TEST(is_cached(disk.path()));
        const bytes_read warm = read_at(disk.path(), 0, piece);
        CHECK_SAME_BYTES(warm.bytes, content(piece));
        BOOST_TEST((warm.took < 200ms));
        drop_cache(disk.path());
        BOOST_TEST(cached_pages(disk.path()) == 0u);
    }
}

BOOST_AUTO_TEST_CASE(what_is_being_read_is_not_cached_yet)
{
    // cachestat(2) counts such pages.
    fuse_file_system disk{{{.size = piece, .gated_from = 0}}};
    auto read = std::async(std::launch::async, [&] { return read_at(disk.path(), 0, piece); });
    disk.wait_for_read();
    BOOST_TEST(cached_pages(disk.path()) == 0u);
    disk.open_gate();
    CHECK_SAME_BYTES(read.get().bytes, content(piece));
    BOOST_TEST(is_cached(disk.path()));
}

BOOST_AUTO_TEST_CASE(reads_are_short)
{
    const fuse_file_system disk{{{.size = 10'000, .longest_read = 700, .direct_io = true}}};
    BOOST_TEST(read_at(disk.path(), 0, 10'000).bytes == content(700));
    BOOST_TEST(read_at(disk.path(), 9'900, 10'000).bytes == content(100, 9'900));
    const int file = ::open(disk.path().c_str(), O_RDONLY | O_CLOEXEC);
    const int out = ::memfd_create("out", MFD_CLOEXEC);
    BOOST_TEST(::sendfile(out, file, nullptr, 10'000) == 700);
    BOOST_TEST(::sendfile(out, file, nullptr, 10'000) == 0); // the kernel takes it for the end
    ::close(file);
    ::close(out);
}

BOOST_AUTO_TEST_CASE(sizes_are_lies)
{
    const fuse_file_system disk{{{.name = "more", .size = 1000, .reported_size = 5000, .direct_io = true},
                                 {.name = "less", .size = 5000, .reported_size = 1000, .direct_io = true},
                                 {.name = "none", .size = 5000, .reported_size = 0, .direct_io = true}}};
    for (const auto& [name, reported, size] :
         {std::tuple{"more", 5000u, 1000u}, {"less", 1000u, 5000u}, {"none", 0u, 5000u}})
    {
        BOOST_TEST(std::filesystem::file_size(disk.path(name)) == reported);
        CHECK_SAME_BYTES(read_at(disk.path(name), 0, 10'000).bytes, content(size));
        BOOST_TEST(std::filesystem::file_size(disk.path(name)) == reported);
    }
}

BOOST_AUTO_TEST_CASE(reads_fail_from_an_offset_on)
{
    const fuse_file_system disk{{{.name = "direct", .size = 100'000, .error_from = 50'000, .direct_io = true},
                                 {.name = "cached", .size = 100'000, .error_from = 50'000}}};
    BOOST_TEST(read_at(disk.path("direct"), 40'000, 20'000).bytes == content(10'000, 40'000));
    BOOST_TEST(read_at(disk.path("direct"), 50'000, 1).error == EIO);
    const std::uint64_t whole_pages = 50'000 / 4096 * 4096;
    CHECK_SAME_BYTES(read_at(disk.path("cached"), 0, 100'000).bytes, content(whole_pages));
    BOOST_TEST(read_at(disk.path("cached"), whole_pages, 1).error == EIO);
}

BOOST_AUTO_TEST_CASE(reads_wait_at_the_gate)
{
    fuse_file_system disk{{{.size = 3 * piece, .gated_from = piece, .direct_io = true}}};
    CHECK_SAME_BYTES(read_at(disk.path(), 0, piece).bytes, content(piece));
    BOOST_TEST(!disk.read_within(0ms));
    auto first = std::async(std::launch::async, [&] { return read_at(disk.path(), piece, 10); });
    const gated_read asked = disk.wait_for_read();
    BOOST_TEST(asked.offset == piece);
    BOOST_TEST(asked.size >= 10u);
    BOOST_TEST((first.wait_for(20ms) == std::future_status::timeout));
    disk.let_pass(1);
    BOOST_TEST(first.get().bytes == content(10, piece));
    auto second = std::async(std::launch::async, [&] { return read_at(disk.path(), 2 * piece, 10); });
    disk.wait_for_read();
    BOOST_TEST((second.wait_for(20ms) == std::future_status::timeout));
    disk.open_gate();
    BOOST_TEST(second.get().bytes == content(10, 2 * piece));
    BOOST_TEST(read_at(disk.path(), 2 * piece, 10).bytes == content(10, 2 * piece));
}

BOOST_AUTO_TEST_CASE(a_disk_that_is_unplugged_fails_the_reads_that_wait)
{
    fuse_file_system disk{{{.size = 10, .gated_from = 0, .direct_io = true}}};
    auto read = std::async(std::launch::async, [&] { return read_at(disk.path(), 0, 10); });
    disk.wait_for_read();
    disk.unplug();
    BOOST_TEST(read.get().error == ECONNABORTED);
}

BOOST_AUTO_TEST_CASE(writes_go_to_the_backing_file_and_are_quick)
{
    temp_dir dir{tmpfs};
    write_file(dir.path("backing"), content(2 * piece));
    const fuse_file_system disk{{{.backing = dir.path("backing")}}, {.delay = 200ms}};
    const auto begin = steady::now();
    const int file = ::open(disk.path().c_str(), O_WRONLY | O_CLOEXEC);
    BOOST_TEST(::pwrite(file, "written", 7, 5000) == 7);
    BOOST_TEST(::fsync(file) == 0);
    ::close(file);
    BOOST_TEST((steady::now() - begin < 200ms));
    std::string expected = content(2 * piece);
    expected.replace(5000, 7, "written");
    CHECK_SAME_BYTES(read_file(dir.path("backing")), expected);
    drop_cache(disk.path());
    const bytes_read cold = read_at(disk.path(), 0, 2 * piece);
    CHECK_SAME_BYTES(cold.bytes, expected);
    BOOST_TEST((cold.took >= 400ms));
}

BOOST_AUTO_TEST_SUITE_END()

// Distributed under the Boost Software License, Version 1.0.
#include "support/content.hpp"
#include "support/fuse_file_system.hpp"
#include "support/page_cache.hpp"
#include "support/system.hpp"
#include "timed_reads.hpp"

#include <algorithm>
#include <stdexcept>

#include <linux/fs.h>
#include <sys/ioctl.h>

using namespace test;

namespace {

constexpr std::uint64_t piece = bytes_per_delay;
constexpr std::uint64_t mebibyte = 1 << 20;

void check_clone(const std::string& type, std::uint64_t image_size)
{
    temp_dir dir{tmpfs};
    make_image(dir.path("image"), type, image_size);
    const mounted_image disk{dir.path("image"), type};
    write_file(disk.path("in"), content(1 << 20));
    write_file(disk.path("out"), {});
    const int in = ::open(disk.path("in").c_str(), O_RDONLY | O_CLOEXEC);
    const int out = ::open(disk.path("out").c_str(), O_WRONLY | O_CLOEXEC);
    BOOST_TEST(::ioctl(out, FICLONE, in) == 0);
    ::close(in);
    ::close(out);
    CHECK_SAME_BYTES(read_file(disk.path("out")), content(1 << 20));
}

std::size_t mounts()
{
    const std::string all = read_file("/proc/self/mounts");
    return static_cast<std::size_t>(std::count(all.begin(), all.end(), '\n'));
}

/// Whether a loop device stands on a file of this name.
bool is_looped(const std::string& name)
{
    for (const auto& device : std::filesystem::directory_iterator{"/sys/block"})
        if (read_file(device.path() / "loop/backing_file").find(name) != std::string::npos)
            return true;
    return false;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(mounts_of_a_test, descriptor_balance, *boost::unit_test::precondition(mounts_here))

BOOST_AUTO_TEST_CASE(ext4_on_a_slow_disk_is_cold_then_warm,
                     *boost::unit_test::precondition(fuse_here) * boost::unit_test::precondition(images_here{"ext4"}))
{
    temp_dir dir{tmpfs};
    make_image(dir.path("image"), "ext4", 32 * mebibyte);
    const fuse_file_system disk{{{.backing = dir.path("image")}}, {.delay = 20ms, .one_arm = true}};
    const mounted_image ext4{disk.path(), "ext4"};
    const std::string path = ext4.path("in");
    write_file(path, content(4 * piece));
    drop_cache(path);
    for (int round = 0; round != 2; ++round)
    {
        BOOST_TEST(cached_pages(path) == 0u);
        const bytes_read cold = read_at(path, 0, 4 * piece);
        CHECK_SAME_BYTES(cold.bytes, content(4 * piece));
        BOOST_TEST((cold.took >= 80ms));
        BOOST_TEST(is_cached(path));
        const bytes_read warm = read_at(path, 0, 4 * piece, RWF_NOWAIT);
        CHECK_SAME_BYTES(warm.bytes, content(4 * piece));
        BOOST_TEST((warm.took < 80ms));
        drop_cache(path);
    }
    BOOST_TEST(read_at(path, 0, piece, RWF_NOWAIT).error == EAGAIN); // and starts to read ahead
}

BOOST_AUTO_TEST_CASE(a_block_device_is_slow_and_fails, *boost::unit_test::precondition(fuse_here))
{
    const fuse_file_system disk{{{.size = 4 * piece, .error_from = 2 * piece}}, {.delay = 50ms}};
    const loop_device device{disk.path()};
    const bytes_read cold = read_at(device.path(), 0, piece);
    CHECK_SAME_BYTES(cold.bytes, content(piece));
    BOOST_TEST((cold.took >= 50ms));
    BOOST_TEST(read_at(device.path(), 0, piece, RWF_NOWAIT).bytes.size() == piece);
    BOOST_TEST(read_at(device.path(), 2 * piece, piece).error == EIO);
}

BOOST_AUTO_TEST_CASE(files_are_cloned_on_btrfs, *boost::unit_test::precondition(images_here{"btrfs"}))
{
    check_clone("btrfs", 128 * mebibyte);
}

BOOST_AUTO_TEST_CASE(files_are_cloned_on_xfs, *boost::unit_test::precondition(images_here{"xfs"}))
{
    check_clone("xfs", 320 * mebibyte);
}

BOOST_AUTO_TEST_CASE(a_tmpfs_is_full)
{
    const sized_tmpfs small{"8k"};
    write_file(small.path("file"), content(100'000));
    BOOST_TEST(read_file(small.path("file")) == content(8192));
}

BOOST_AUTO_TEST_CASE(nothing_is_left_when_a_test_throws,
                     *boost::unit_test::precondition(fuse_here) * boost::unit_test::precondition(images_here{"ext4"}))
{
    const std::size_t mounts_before = mounts();
    temp_dir dir{tmpfs};
    make_image(dir.path("image"), "ext4", 8 * mebibyte);
    int open = -1;
    std::string where;
    try
    {
        const fuse_file_system disk{
            {{.name = "gated", .size = 1000, .gated_from = 0}, {.name = "left_over", .backing = dir.path("image")}}};
        const mounted_image ext4{disk.path("left_over"), "ext4"};
        write_file(ext4.path("file"), content(1000));
        open = ::open(ext4.path("file").c_str(), O_RDONLY | O_CLOEXEC);
        where = disk.path("");
        BOOST_TEST(mounts() == mounts_before + 2);
        BOOST_TEST(is_looped("left_over"));
        throw std::runtime_error{"the test fails"};
    }
    catch (const std::runtime_error&)
    {}
    BOOST_TEST(mounts() == mounts_before);
    BOOST_TEST(!std::filesystem::exists(where));
    BOOST_TEST(::waitpid(-1, nullptr, WNOHANG) == -1); // no children
    ::close(open);
    BOOST_TEST(!is_looped("left_over"));
}

BOOST_AUTO_TEST_SUITE_END()

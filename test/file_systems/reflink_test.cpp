// Distributed under the Boost Software License, Version 1.0.
#include <support/copies.hpp>
#include <support/mounts.hpp>
#include <support/sparse_files.hpp>
#include <support/system.hpp>

using namespace test;
using kernel_copy::disk;
using kernel_copy::file;
using kernel_copy::file_range;
using kernel_copy::method;
using kernel_copy::take;

namespace {

constexpr std::uint64_t mebi = 1024 * 1024;

/// Files on a file system that can let two files share blocks.
class sharing_disk : descriptor_balance
{
public:
    explicit sharing_disk(const std::string& type)
    {
        make_image(dir_.path("image"), type, 400 * mebi);
        mounted_.emplace(dir_.path("image"), type);
    }
    [[nodiscard]] std::string path(const std::string& name) const { return mounted_->path(name); }

private:
    temp_dir dir_{};
    std::optional<mounted_image> mounted_{};
};

void files_are_shared(const std::string& type)
{
    sharing_disk on{type};
    const std::string bytes = content(20 * mebi + 77);
    write_file(on.path("in"), bytes);
    for (const disk where : {disk::inline_, disk::when_cold})
    {
        asio::io_context io;
        auto in = open_file(io, on.path("in"));
        auto out = create_file(io, on.path("out"));
        kernel_copy::monitor counters;
        const kernel_copy::copy_options options{.disk = where, .monitor = &counters};
        const outcome result = copy(io, in, out, options);
        BOOST_TEST(!result.error);
        BOOST_TEST(result.bytes == bytes.size());
        BOOST_TEST(counters.bytes(method::copy_file_range) == bytes.size());
        BOOST_TEST(counters.calls(method::copy_file_range) == 2u); // the second finds that there is no more
        BOOST_TEST(position_of(in.native_handle()) == bytes.size());
        BOOST_TEST(position_of(out.native_handle()) == bytes.size());
        BOOST_TEST(shared_bytes(on.path("out")) >= bytes.size());
        CHECK_SAME_BYTES(read_file(on.path("out")), bytes);

        // A part, to somewhere in a file that holds something
        write_file(on.path("part"), std::string(8 * mebi, 'x'));
        auto part = open_file(io, on.path("part"), file::read_write);
        part.seek(mebi, file::seek_set);
        BOOST_TEST(copy(io, file_range(in, 2 * mebi, 3 * mebi + 5), part, options).bytes == 3 * mebi + 5);
        BOOST_TEST(position_of(part.native_handle()) == 4 * mebi + 5);
        BOOST_TEST(position_of(in.native_handle()) == bytes.size());
        BOOST_TEST(shared_bytes(on.path("part")) >= 3 * mebi);
        CHECK_SAME_BYTES(read_file(on.path("part")), std::string(mebi, 'x') + bytes.substr(2 * mebi, 3 * mebi + 5) +
                                                         std::string(4 * mebi - 5, 'x'));

        // Where nothing fits it is copied.
        in.seek(1001, file::seek_set);
        auto odd = create_file(io, on.path("odd"));
        BOOST_TEST(copy(io, take(in, 5 * mebi), odd, options).bytes == 5 * mebi);
        CHECK_SAME_BYTES(read_file(on.path("odd")), bytes.substr(1001, 5 * mebi));

        // Within one file
        auto again = open_file(io, on.path("out"), file::read_write);
        again.seek(32 * mebi, file::seek_set);
        BOOST_TEST(copy(io, file_range(again, 0, 16 * mebi), again, options).bytes == 16 * mebi);
        CHECK_SAME_BYTES(read_file(on.path("out")).substr(32 * mebi), bytes.substr(0, 16 * mebi));
    }
}

void holes_are_kept(const std::string& type)
{
    sharing_disk on{type};
    const sparse_layout layout{16 * mebi + 1, {{mebi, mebi}, {7 * mebi + 5, 100'000}}};
    layout.write(on.path("in"));
    for (const method by : {method::copy_file_range, method::sendfile})
    {
        asio::io_context io;
        auto in = open_file(io, on.path("in"));
        auto out = create_file(io, on.path("out"));
        BOOST_TEST(copy(io, in, out, {.methods = {by}}).bytes == layout.size);
        CHECK_SAME_BYTES(read_file(on.path("out")), layout.bytes());
        ::sync();
        BOOST_TEST(allocated(on.path("out")) <= 4 * mebi); // XFS allocates ahead of who writes
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(reflinks)

BOOST_AUTO_TEST_CASE(btrfs_shares, *boost::unit_test::precondition(images_here{"btrfs"}))
{
    files_are_shared("btrfs");
}

BOOST_AUTO_TEST_CASE(xfs_shares, *boost::unit_test::precondition(images_here{"xfs"}))
{
    files_are_shared("xfs");
}

BOOST_AUTO_TEST_CASE(btrfs_keeps_holes, *boost::unit_test::precondition(images_here{"btrfs"}))
{
    holes_are_kept("btrfs");
}

BOOST_AUTO_TEST_CASE(xfs_keeps_holes, *boost::unit_test::precondition(images_here{"xfs"}))
{
    holes_are_kept("xfs");
}

BOOST_AUTO_TEST_SUITE_END()

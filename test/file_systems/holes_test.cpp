// Distributed under the Boost Software License, Version 1.0.
#include <support/copies.hpp>
#include <support/sparse_files.hpp>
#include <support/system.hpp>

#include <sys/resource.h>

using namespace test;
using kernel_copy::disk;
using kernel_copy::file;
using kernel_copy::file_range;
using kernel_copy::method;
using kernel_copy::method_set;
using kernel_copy::take;

namespace {

constexpr std::uint64_t mebi = 1024 * 1024;

const sparse_layout layouts[] = {
    {3 * mebi, {{mebi, 2 * mebi}}},                                     // a hole at the beginning
    {3 * mebi, {{0, mebi}, {2 * mebi, mebi}}},                          // in the middle
    {3 * mebi, {{0, mebi}}},                                            // at the end
    {3 * mebi, {}},                                                     // all
    {2 * mebi + 333, {{mebi + 77, 12'345}, {2 * mebi + 300, 33}}},      // odd
    {mebi + 1, {{0, 1}, {mebi / 2, 1}}},                                // single bytes
    {mebi, {{0, 5000}, {5100, 5000}, {20'480, 100}, {28'000, 40'000}}}, // holes smaller than a block, and of one
};

const char* const directories[] = {".", tmpfs};
const method_set ways[] = {{}, {method::copy_file_range}, {method::sendfile}};
const disk places[] = {disk::inline_, disk::when_cold};

template <class Body>
void everywhere(Body body)
{
    for (const char* const directory : directories)
        for (const method_set& methods : ways)
            for (const disk where : places)
            {
                BOOST_TEST_INFO_SCOPE("in " << directory << (where == disk::inline_ ? ", inline" : ", on workers"));
                temp_dir dir{std::filesystem::absolute(directory).string()};
                asio::io_context io;
                body(io, dir, kernel_copy::copy_options{.methods = methods, .disk = where});
            }
}

/// A block for each place where a file begins or ends to have data, and for what a file system needs besides.
constexpr std::uint64_t slack = 64 * 1024;

} // namespace

BOOST_FIXTURE_TEST_SUITE(holes, descriptor_balance)

BOOST_AUTO_TEST_CASE(stay_holes_wherever_they_are)
{
    everywhere([](asio::io_context& io, temp_dir& dir, const kernel_copy::copy_options& options) {
        for (const sparse_layout& layout : layouts)
        {
            layout.write(dir.path("in"));
            auto in = open_file(io, dir.path("in"));
            auto out = create_file(io, dir.path("out"));
            const outcome result = copy(io, in, out, options);
            BOOST_TEST(!result.error);
            BOOST_TEST(result.bytes == layout.size);
            BOOST_TEST(position_of(in.native_handle()) == layout.size);
            BOOST_TEST(position_of(out.native_handle()) == layout.size);
            CHECK_SAME_BYTES(read_file(dir.path("out")), layout.bytes());
            BOOST_TEST(allocated(dir.path("out")) <= allocated(dir.path("in")) + slack);
        }
    });
}

BOOST_AUTO_TEST_CASE(overwrite_what_the_sink_had_there)
{
    everywhere([](asio::io_context& io, temp_dir& dir, const kernel_copy::copy_options& options) {
        for (const sparse_layout& layout : layouts)
            for (const std::uint64_t old : {layout.size / 2 + 1, layout.size, layout.size + 100'000})
            {
                constexpr std::uint64_t at = 12'345;
                layout.write(dir.path("in"));
                const std::string before = content(at + old, 1'000'000'000);
                write_file(dir.path("out"), before);
                auto in = open_file(io, dir.path("in"));
                auto out = open_file(io, dir.path("out"), file::read_write);
                out.seek(at, file::seek_set);
                const outcome result = copy(io, in, out, options);
                BOOST_TEST(!result.error);
                BOOST_TEST(result.bytes == layout.size);
                BOOST_TEST(position_of(out.native_handle()) == at + layout.size);
                std::string expected = before;
                expected.resize(std::max<std::size_t>(expected.size(), at + layout.size));
                expected.replace(at, layout.size, layout.bytes());
                CHECK_SAME_BYTES(read_file(dir.path("out")), expected);
            }
    });
}

BOOST_AUTO_TEST_CASE(limits_that_end_in_holes_and_in_data_are_exact)
{
    everywhere([](asio::io_context& io, temp_dir& dir, const kernel_copy::copy_options& options) {
        const sparse_layout layout{2 * mebi, {{mebi / 2, mebi / 2}, {mebi + mebi / 2, 4096}}};
        layout.write(dir.path("in"));
        for (const std::uint64_t from : {std::uint64_t{0}, std::uint64_t{5000}, mebi - 7})
            for (const std::uint64_t limit : {std::uint64_t{1}, mebi / 4, mebi / 2 + 1000, mebi + 1, 4 * mebi})
            {
                const std::uint64_t expected = std::min(limit, layout.size - from);
                auto in = open_file(io, dir.path("in"));
                auto out = create_file(io, dir.path("out"));
                in.seek(static_cast<std::int64_t>(from), file::seek_set);
                BOOST_TEST(copy(io, take(in, limit), out, options).bytes == expected);
                BOOST_TEST(position_of(in.native_handle()) == from + expected);
                BOOST_TEST(position_of(out.native_handle()) == expected);
                CHECK_SAME_BYTES(read_file(dir.path("out")), layout.bytes().substr(from, expected));
            }
    });
}

BOOST_AUTO_TEST_CASE(P20_ranges_of_one_sparse_file_do_not_disturb_each_other)
{
    everywhere([](asio::io_context& io, temp_dir& dir, const kernel_copy::copy_options& options) {
        sparse_layout layout{8 * mebi, {}};
        for (std::uint64_t at = 100'000; at < layout.size; at += 300'000)
            layout.data.push_back({at, 70'001});
        layout.data.back().length = std::min(layout.data.back().length, layout.size - layout.data.back().begin);
        layout.write(dir.path("in"));
        auto in = open_file(io, dir.path("in"));
        in.seek(4242, file::seek_set);
        auto whole = create_file(io, dir.path("whole"));
        auto part = create_file(io, dir.path("part"));
        outcome first;
        outcome second;
        outcome third;
        auto by_cursor = open_file(io, dir.path("cursor"), file::read_write | file::create);
        kernel_copy::async_kernel_copy(file_range(in, 0), whole, options, first.handler());
        kernel_copy::async_kernel_copy(file_range(in, mebi + 1, 5 * mebi), part, options, second.handler());
        kernel_copy::async_kernel_copy(in, by_cursor, options, third.handler());
        run(io);
        CHECK_SAME_BYTES(read_file(dir.path("whole")), layout.bytes());
        CHECK_SAME_BYTES(read_file(dir.path("part")), layout.bytes().substr(mebi + 1, 5 * mebi));
        CHECK_SAME_BYTES(read_file(dir.path("cursor")), layout.bytes().substr(4242));
        BOOST_TEST(third.bytes == layout.size - 4242);
        BOOST_TEST(position_of(in.native_handle()) == layout.size);
    });
}

BOOST_AUTO_TEST_CASE(parts_of_one_file_can_be_written_at_the_same_time)
{
    everywhere([](asio::io_context& io, temp_dir& dir, const kernel_copy::copy_options& options) {
        sparse_layout layout{8 * mebi, {}};
        for (std::uint64_t at = 0; at < layout.size; at += 64 * 1024)
            layout.data.push_back({at, 8192});
        layout.write(dir.path("in"));
        auto in = open_file(io, dir.path("in"));
        auto front = create_file(io, dir.path("out"));
        auto back = open_file(io, dir.path("out"), file::write_only);
        back.seek(4 * mebi, file::seek_set);
        outcome first;
        outcome second;
        kernel_copy::async_kernel_copy(file_range(in, 0, 4 * mebi), front, options, first.handler());
        kernel_copy::async_kernel_copy(file_range(in, 4 * mebi), back, options, second.handler());
        run(io);
        CHECK_SAME_BYTES(read_file(dir.path("out")), layout.bytes());
    });
}

BOOST_AUTO_TEST_CASE(P31_a_hole_beyond_RLIMIT_FSIZE_raises_no_signal)
{
    const auto limited_copy = [](disk where) {
        return in_child([where] {
            temp_dir dir;
            sparse_layout{4 * mebi, {{0, 4096}}}.write(dir.path("in"));
            const rlimit limit{mebi, mebi};
            if (::setrlimit(RLIMIT_FSIZE, &limit) != 0)
                return 77;
            asio::io_context io;
            auto in = open_file(io, dir.path("in"));
            auto out = create_file(io, dir.path("out"));
            const outcome result = copy(io, in, out, {.disk = where});
            const bool exact = result.bytes == mebi && position_of(in.native_handle()) == mebi &&
                               position_of(out.native_handle()) == mebi && size_of(dir.path("out")) == mebi;
            return result.error == failure(EFBIG) && exact ? 0 : 1;
        });
    };
    BOOST_TEST(limited_copy(disk::inline_) == 0);
    BOOST_TEST(limited_copy(disk::when_cold) == 0);
}

BOOST_AUTO_TEST_SUITE_END()

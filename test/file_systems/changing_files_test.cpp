// Distributed under the Boost Software License, Version 1.0.
#include <support/copies.hpp>
#include <support/fake_kernel.hpp>
#include <support/mounts.hpp>
#include <support/sparse_files.hpp>
#include <support/system.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <thread>

#include <linux/falloc.h>

using namespace test;
using kernel_copy::disk;
using kernel_copy::file;

namespace {

constexpr std::uint64_t mebi = 1024 * 1024;

} // namespace

BOOST_FIXTURE_TEST_SUITE(changing_files, descriptor_balance)

BOOST_AUTO_TEST_CASE(P28_a_file_whose_holes_come_and_go_during_the_copy_ends_with_its_size)
{
    constexpr std::uint64_t size = 16 * mebi;
    for (const char* const directory : {".", tmpfs})
        for (const disk where : {disk::inline_, disk::when_cold})
        {
            temp_dir dir{std::filesystem::absolute(directory).string()};
            sparse_layout{size, {{0, mebi}, {10 * mebi, mebi}}}.write(dir.path("in"));
            asio::io_context io;
            auto in = open_file(io, dir.path("in"), file::read_write);
            std::atomic<bool> over{false};
            std::thread changes{[&, fd = in.native_handle()] {
                const std::string piece(4096, 'x');
                for (std::uint64_t i = 0; !over; ++i)
                {
                    const auto at = static_cast<off_t>(i * 7919 % (size / 4096) * 4096);
                    if (i % 3 == 0)
                        ::fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at, 5 * 4096);
                    else if (::pwrite(fd, piece.data(), piece.size(), at) < 0)
                        break;
                }
            }};
            for (int i = 0; i != 3; ++i)
            {
                in.seek(0, file::seek_set);
                auto out = create_file(io, dir.path("out"));
                const outcome result = copy(io, in, out, {.disk = where});
                BOOST_TEST(!result.error);
                BOOST_TEST(result.bytes == size);
                BOOST_TEST(size_of(dir.path("out")) == size);
                const std::string got = read_file(dir.path("out"));
                BOOST_TEST(got.find_first_not_of(std::string(1, '\0') + 'x', 11 * mebi) == std::string::npos);
            }
            over = true;
            changes.join();
        }
}

BOOST_AUTO_TEST_CASE(a_sparse_file_that_becomes_shorter_ends_the_copy)
{
    temp_dir dir;
    sparse_layout layout{64 * mebi, {}};
    for (std::uint64_t at = 0; at < layout.size; at += mebi / 4)
        layout.data.push_back({at, 4096});
    layout.write(dir.path("in"));
    asio::io_context io;
    auto in = open_file(io, dir.path("in"), file::read_write);
    auto out = create_file(io, dir.path("out"));
    fake_kernel kernel;
    kernel.instead = [&](const std::string& call, std::size_t before, std::uint64_t) {
        if (call == "find_data" && before == 100) // 25 MiB have been copied
            in.resize(32 * mebi);
        return fake_kernel::answer{};
    };
    const kernel_copy::detail::kernel_replacement replaced{kernel};
    const outcome result = copy(io, in, out);
    BOOST_TEST(!result.error);
    BOOST_TEST(result.bytes == 32 * mebi);
    BOOST_TEST(size_of(dir.path("out")) == result.bytes);
}

BOOST_AUTO_TEST_CASE(a_cancelled_copy_leaves_both_positions_behind_what_was_copied)
{
    sparse_layout dense{512 * mebi, {{0, 512 * mebi}}};
    sparse_layout sparse{std::uint64_t{1} << 40, {}};
    for (std::uint64_t at = 0; at != 4096; ++at)
        sparse.data.push_back({at * mebi + mebi / 2, 5000});
    for (const sparse_layout& layout : {dense, sparse})
    {
        temp_dir dir;
        layout.write(dir.path("in"));
        for (const auto kind : {asio::cancellation_type::terminal, asio::cancellation_type::partial})
        {
            asio::io_context io;
            auto in = open_file(io, dir.path("in"));
            auto out = create_file(io, dir.path("out"));
            asio::cancellation_signal stop;
            asio::steady_timer timer{io, std::chrono::milliseconds{20}};
            timer.async_wait([&](error_code) { stop.emit(kind); });
            outcome result;
            kernel_copy::async_kernel_copy(in, out, asio::bind_cancellation_slot(stop.slot(), result.handler()));
            run(io);
            BOOST_TEST(result.error == failure(ECANCELED));
            BOOST_TEST(result.bytes < layout.size);
            BOOST_TEST(position_of(in.native_handle()) == result.bytes);
            BOOST_TEST(position_of(out.native_handle()) == result.bytes);
            BOOST_TEST(size_of(dir.path("out")) == result.bytes);
        }
    }
}

BOOST_AUTO_TEST_CASE(P30_a_disk_that_gets_full_among_holes_leaves_exact_counts,
                     *boost::unit_test::precondition(mounts_here))
{
    for (const disk where : {disk::inline_, disk::when_cold})
    {
        asio::io_context io;
        sized_tmpfs small{"8k"};
        temp_dir dir;
        sparse_layout layout{mebi, {{mebi / 2, 4096}, {mebi / 2 + 8192, 8192}}};
        layout.write(dir.path("in"));
        auto in = open_file(io, dir.path("in"));
        auto out = create_file(io, small.path("out"));
        const outcome result = copy(io, in, out, {.disk = where});
        BOOST_TEST(result.error == failure(ENOSPC));
        BOOST_TEST(result.bytes == mebi / 2 + 8192 + 4096);
        BOOST_TEST(position_of(in.native_handle()) == result.bytes);
        BOOST_TEST(position_of(out.native_handle()) == result.bytes);
        CHECK_SAME_BYTES(read_file(small.path("out")), layout.bytes().substr(0, result.bytes));
    }
}

BOOST_AUTO_TEST_SUITE_END()

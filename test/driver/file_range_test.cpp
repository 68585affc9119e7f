// Distributed under the Boost Software License, Version 1.0.
#include "support/content.hpp"
#include "support/ends.hpp"
#include "support/fake_kernel.hpp"

#include <algorithm>
#include <filesystem>

using namespace test;
using kernel_copy::file_range;
using kernel_copy::take;

BOOST_FIXTURE_TEST_SUITE(file_ranges, descriptor_balance)

BOOST_AUTO_TEST_CASE(S33_without_a_range_both_positions_advance, *needs_kernel_methods)
{
    asio::io_context io;
    temp_dir dir;
    const std::string bytes = content(5000);
    write_file(dir.path("in"), bytes);
    auto in = open_file(io, dir.path("in"));
    using kernel_copy::method;
    for (const auto& methods : {kernel_copy::method_set{}, kernel_copy::method_set{method::sendfile},
                                kernel_copy::method_set{method::buffer}})
    {
        auto out = create_file(io, dir.path("out"));
        in.seek(100, kernel_copy::file::seek_set);
        out.seek(50, kernel_copy::file::seek_set);
        BOOST_TEST(copy(io, take(in, 1000), out, {.methods = methods}).bytes == 1000u);
        BOOST_TEST(position_of(in.native_handle()) == 1100u);
        BOOST_TEST(position_of(out.native_handle()) == 1050u);
        CHECK_SAME_BYTES(read_file(dir.path("out")).substr(50), bytes.substr(100, 1000));
    }
}

BOOST_AUTO_TEST_CASE(P20_a_file_range_leaves_the_files_position_alone)
{
    asio::io_context io;
    temp_dir dir;
    const std::string bytes = content(300'000);
    write_file(dir.path("in"), bytes);
    auto file = open_file(io, dir.path("in"));
    file.seek(77, kernel_copy::file::seek_set);
    using kernel_copy::method;
    for (const auto& methods : {kernel_copy::method_set{}, kernel_copy::method_set{method::buffer}})
    {
        receiver to{io};
        auto out = create_file(io, dir.path("out"));
        auto [reader, writer] = pipe_pair(io);
        BOOST_TEST(copy(io, file_range(file, 1000, 50'000), to.sink(), {.methods = methods}).bytes == 50'000u);
        CHECK_SAME_BYTES(to.arrived(), bytes.substr(1000, 50'000));
        BOOST_TEST(copy(io, file_range(file, 299'000), out, {.methods = methods}).bytes == 1000u);
        CHECK_SAME_BYTES(read_file(dir.path("out")), bytes.substr(299'000));
        BOOST_TEST(copy(io, file_range(file, 5, 6), writer, {.methods = methods}).bytes == 6u);
        BOOST_TEST(read_now(reader) == bytes.substr(5, 6));

        // A named range moves along; what is left of it is exact.
        auto range = file_range(file, 10, 100);
        BOOST_TEST(copy(io, take(range, 30), to.sink(), {.methods = methods}).bytes == 30u);
        BOOST_TEST(range.offset() == 40u);
        BOOST_TEST(range.length() == 70u);
        // One to the end of the file goes on where it stopped.
        auto open_ended = file_range(file, 299'990);
        BOOST_TEST(copy(io, take(open_ended, 4), to.sink(), {.methods = methods}).bytes == 4u);
        BOOST_TEST(copy(io, open_ended, to.sink(), {.methods = methods}).bytes == 6u);
        BOOST_TEST(open_ended.offset() == 300'000u);
        BOOST_TEST(position_of(file.native_handle()) == 77u);
    }
}

BOOST_AUTO_TEST_CASE(P20_many_ranges_of_one_file_at_once)
{
    asio::io_context io;
    temp_dir dir;
    const std::string bytes = content(1'000'000);
    write_file(dir.path("in"), bytes);
    auto file = open_file(io, dir.path("in"));
    constexpr std::size_t n = 20;
    std::vector<std::unique_ptr<tcp_sink>> sinks;
    std::vector<outcome> results(n);
    for (std::size_t i = 0; i != n; ++i)
    {
        sinks.push_back(std::make_unique<tcp_sink>(io));
        kernel_copy::async_kernel_copy(file_range(file, i * 1000, 500'000), sinks[i]->end(), {.turn_budget = 10'000},
                                       [&, i, done = results[i].handler()](error_code error, std::uint64_t bytes_sent) {
                                           done(error, bytes_sent);
                                           sinks[i]->finish();
                                       });
    }
    run(io);
    for (std::size_t i = 0; i != n; ++i)
    {
        BOOST_TEST(!results[i].error);
        CHECK_SAME_BYTES(sinks[i]->bytes(), bytes.substr(i * 1000, 500'000));
    }
}

BOOST_AUTO_TEST_CASE(P20_an_rvalue_file_is_moved_into_the_operation)
{
    asio::io_context io;
    temp_dir dir;
    write_file(dir.path("in"), "moved in");
    receiver to{io};
    BOOST_TEST(copy(io, open_file(io, dir.path("in")), to.sink()).bytes == 8u);
    BOOST_TEST(copy(io, file_range(open_file(io, dir.path("in")), 6), to.sink()).bytes == 2u);
    BOOST_TEST(to.arrived() == "moved inin");
}

BOOST_AUTO_TEST_CASE(S6_a_file_whose_parts_are_sent_is_asked_once_what_it_is, *needs_kernel_methods)
{
    asio::io_context io;
    temp_dir dir;
    const std::string bytes = content(200'000);
    write_file(dir.path("in"), bytes);
    write_file(dir.path("another"), bytes);
    auto file = open_file(io, dir.path("in"));
    receiver to{io};
    fake_kernel kernel;
    const kernel_copy::detail::kernel_replacement counted{kernel};
    const auto asked = [&] { return kernel.count("fstat") + kernel.count("fcntl"); };
    const auto questions = [&] {
        const std::size_t before = asked();
        BOOST_TEST(copy(io, file_range(file, 1000, 100'000), to.sink()).bytes == 100'000u);
        CHECK_SAME_BYTES(to.arrived(), bytes.substr(1000, 100'000));
        return asked() - before;
    };
    BOOST_TEST(questions() == 2u);
    BOOST_TEST(questions() == 0u);
    // Where it is moved to it is the same file; what is opened later is not.
    kernel_copy::file moved = std::move(file);
    file = std::move(moved);
    BOOST_TEST(questions() == 0u);
    file.close();
    file.open(dir.path("another").c_str(), kernel_copy::file::read_only);
    BOOST_TEST(questions() == 2u);
    // A file that it goes to could be the same.
    auto out = create_file(io, dir.path("out"));
    const std::size_t before = asked();
    BOOST_TEST(copy(io, file_range(file, 1000, 100'000), out).bytes == 100'000u);
    BOOST_TEST(asked() - before >= 4u);
}

BOOST_AUTO_TEST_CASE(a_file_that_has_become_shorter_since_it_was_asked_ends_where_it_ends)
{
    asio::io_context io;
    temp_dir dir;
    const std::string bytes = content(200'000);
    for (const auto disk : {kernel_copy::disk::inline_, kernel_copy::disk::when_cold, kernel_copy::disk::always})
        for (const std::size_t left : {150'000u, 100'000u, 70'000u, 0u})
        {
            write_file(dir.path("in"), bytes);
            auto file = open_file(io, dir.path("in"));
            receiver to{io};
            BOOST_TEST(copy(io, file_range(file, 100'000, 100'000), to.sink(), {.disk = disk}).bytes == 100'000u);
            CHECK_SAME_BYTES(to.arrived(), bytes.substr(100'000)); // the socket shares the file's pages until then
            std::filesystem::resize_file(dir.path("in"), left);
            auto range = file_range(file, 100'000, 100'000);
            const outcome result = copy(io, range, to.sink(), {.disk = disk});
            const std::size_t expected = left - std::min<std::size_t>(left, 100'000);
            BOOST_TEST((result.error == kernel_copy::errc::source_truncated));
            BOOST_TEST(result.bytes == expected);
            BOOST_TEST(range.offset() == 100'000 + expected);
            CHECK_SAME_BYTES(to.arrived(), bytes.substr(100'000, expected));
        }
}

BOOST_AUTO_TEST_CASE(a_file_that_can_not_be_read_is_asked_each_time)
{
    asio::io_context io;
    temp_dir dir;
    write_file(dir.path("in"), content(100'000));
    kernel_copy::file file{io, dir.path("in").c_str(), kernel_copy::file::write_only};
    receiver to{io};
    for (int i = 0; i != 2; ++i)
        BOOST_TEST(copy(io, file_range(file, 0, 100'000), to.sink()).error == failure(EBADF));
    kernel_copy::file directory{io, dir.path("").c_str(), kernel_copy::file::read_only};
    for (int i = 0; i != 2; ++i)
        BOOST_TEST(copy(io, file_range(directory, 0, 100'000), to.sink()).error == failure(EISDIR));
    BOOST_TEST(to.arrived().empty());
}

BOOST_AUTO_TEST_SUITE_END()

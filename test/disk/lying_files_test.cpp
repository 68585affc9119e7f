// Distributed under the Boost Software License, Version 1.0.
//
// Files that are slow, whose reads are short, that say a wrong size or fail in the middle: what pread(2) gives arrives.
#include "support/disk_ends.hpp"
#include "support/fuse_file_system.hpp"

#include <tuple>

using namespace test;
using kernel_copy::copy_options;
using kernel_copy::exactly;
using kernel_copy::file_range;
using kernel_copy::method;
using kernel_copy::page_sharing;
using kernel_copy::take;

namespace {

constexpr std::uint64_t size = 300'000;
constexpr std::uint64_t broken_from = 200'001;

/// What reads give of it, and how they end.
struct read_out
{
    slow_file as;
    std::uint64_t bytes = size;
    int error = 0;
};

const read_out slow{{.name = "slow", .size = size}};
const read_out short_reads{{.name = "short", .size = size, .longest_read = 7001, .direct_io = true}};
const read_out more{{.name = "more", .size = size, .reported_size = 500'000, .direct_io = true}};
const read_out none{{.name = "none", .size = size, .reported_size = 0, .direct_io = true}};
const read_out broken{{.name = "broken", .size = size, .error_from = broken_from, .direct_io = true}, broken_from, EIO};
// The page cache has whole pages only.
const read_out broken_cached{
    {.name = "broken_cached", .size = size, .error_from = broken_from}, broken_from / 4096 * 4096, EIO};

const std::vector<read_out> files{slow, short_reads, more, none, broken, broken_cached};

std::vector<copy_options> all_ways()
{
    std::vector<copy_options> ways;
    for (const disk d : all_disks)
    {
        ways.push_back({.disk = d});
        ways.push_back({.methods = {method::buffer}, .disk = d});
        ways.push_back({.page_sharing = page_sharing::forbid, .disk = d});
        ways.push_back({.disk = d, .pipe_capacity = 0, .buffer_size = 5000});
    }
    return ways;
}

/// Each test has the file system anew, with nothing in memory.
struct bench
{
    explicit bench(const read_out& one) : file_system{{one.as}, {.delay = std::chrono::milliseconds{1}}}
    {
        file = open_file(io, file_system.path(one.as.name));
    }

    template <class Source, class Sink>
    outcome copy_to(Sink& sink, Source& source, const copy_options& options)
    {
        outcome result;
        kernel_copy::async_kernel_copy(source, sink.end(), options, result.handler());
        run_until(io, [&] { return result.done; });
        sink.finish();
        run(io);
        return result;
    }

    fuse_file_system file_system;
    asio::io_context io{};
    kernel_copy::file file{io};
};

using sinks = std::tuple<tcp_sink, local_sink, pipe_sink, terminal_sink, opaque_sink, tmpfs_file_sink, disk_file_sink>;

template <class Function>
void for_all(Function function)
{
    for (const read_out& one : files)
        for (const copy_options& way : all_ways())
            // Of a file that says more than it holds the page cache shows zeros behind its end, now and then.
            if (one.as.name != more.as.name || way.methods != kernel_copy::method_set{})
                BOOST_TEST_CONTEXT(one.as.name << " " << way.disk
                                               << (way.methods == kernel_copy::method_set{} ? "" : " buffer")
                                               << (way.page_sharing == page_sharing::forbid ? " forbid" : ""))
                {
                    function(one, way);
                }
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(lying_files, balance, *boost::unit_test::precondition(fuse_here))

BOOST_AUTO_TEST_CASE_TEMPLATE(all_that_reads_give_arrives, Sink, sinks)
{
    for_all([&](const read_out& one, const copy_options& way) {
        bench b{one};
        Sink sink{b.io};
        const outcome result = b.copy_to(sink, b.file, way);
        BOOST_TEST(result.error == failure(one.error));
        BOOST_TEST(result.bytes == one.bytes);
        BOOST_TEST(position_of(b.file.native_handle()) == one.bytes);
        CHECK_SAME_BYTES(sink.bytes(), content(one.bytes));
    });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(more_than_there_is_is_owed, Sink, sinks)
{
    constexpr std::uint64_t from = 10'001;
    for_all([&](const read_out& one, const copy_options& way) {
        const error_code expected = one.error != 0 ? failure(one.error) : failure(errc::source_truncated);
        {
            bench b{one};
            Sink sink{b.io};
            auto range = file_range(b.file, from, 400'000);
            const outcome result = b.copy_to(sink, range, way);
            BOOST_TEST(result.error == expected);
            BOOST_TEST(result.bytes == one.bytes - from);
            BOOST_TEST(range.offset() == one.bytes);
            BOOST_TEST(range.length() == 400'000 - result.bytes);
            BOOST_TEST(position_of(b.file.native_handle()) == 0u);
            CHECK_SAME_BYTES(sink.bytes(), content(one.bytes - from, from));
        }
        bench b{one};
        Sink sink{b.io};
        auto owed = exactly(b.file, 400'000);
        const outcome result = b.copy_to(sink, owed, way);
        BOOST_TEST(result.error == expected);
        BOOST_TEST(result.bytes == one.bytes);
        BOOST_TEST(owed.limit() == 400'000 - result.bytes);
        BOOST_TEST(position_of(b.file.native_handle()) == one.bytes);
    });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(less_than_there_is_is_exact, Sink, sinks)
{
    constexpr std::uint64_t wanted = 150'001;
    for_all([&](const read_out& one, const copy_options& way) {
        bench b{one};
        Sink sink{b.io};
        auto limited = take(b.file, wanted);
        outcome result = b.copy_to(sink, limited, way);
        BOOST_TEST(!result.error, result.error.message());
        BOOST_TEST(result.bytes == wanted);
        BOOST_TEST(limited.limit() == 0u);
        BOOST_TEST(position_of(b.file.native_handle()) == wanted);
        CHECK_SAME_BYTES(sink.bytes(), content(wanted));
    });
}

BOOST_AUTO_TEST_CASE(a_file_that_says_more_ends_well_out_of_the_page_cache_too)
{
    for (const bool owed : {false, true})
        for (const copy_options& way : all_ways())
        {
            bench b{more};
            tcp_sink sink{b.io};
            auto range = file_range(b.file, 0, 600'000);
            const outcome result = owed ? b.copy_to(sink, range, way) : b.copy_to(sink, b.file, way);
            BOOST_TEST(result.error == (owed ? failure(errc::source_truncated) : error_code{}));
            BOOST_TEST((result.bytes >= size && result.bytes <= 500'000));
            BOOST_TEST(position_of(b.file.native_handle()) == (owed ? 0 : result.bytes));
            CHECK_SAME_BYTES(sink.bytes(), content(size) + std::string(result.bytes - size, '\0'));
        }
}

BOOST_AUTO_TEST_CASE(S12_a_file_that_says_less_gives_no_less_than_it_says)
{
    // A read gives all of it. sendfile(2) and splice(2) believe the size (S41: 0 is the end).
    constexpr std::uint64_t said = 100'000;
    const read_out less{{.name = "less", .size = size, .reported_size = said, .direct_io = true}};
    for (const copy_options& way : all_ways())
    {
        bench b{less};
        tcp_sink sink{b.io};
        const outcome result = b.copy_to(sink, b.file, way);
        BOOST_TEST(!result.error);
        const bool by_reads = way.methods != kernel_copy::method_set{} || way.page_sharing == page_sharing::forbid;
        BOOST_TEST(result.bytes == (by_reads ? size : said));
        BOOST_TEST(position_of(b.file.native_handle()) == result.bytes);
        CHECK_SAME_BYTES(sink.bytes(), content(result.bytes));
    }
}

BOOST_AUTO_TEST_SUITE_END()

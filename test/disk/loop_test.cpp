// Distributed under the Boost Software License, Version 1.0.
//
// Files whose reads wait at the gate of a FUSE file system.
#include "support/disk_ends.hpp"
#include "support/fuse_file_system.hpp"

#include <atomic>
#include <tuple>

using namespace test;
using kernel_copy::copy_options;
using kernel_copy::exactly;
using kernel_copy::file_range;
using kernel_copy::method;
using kernel_copy::page_sharing;
using kernel_copy::prefixed;
using kernel_copy::take;

namespace {

constexpr std::size_t size = 400'000;
constexpr std::size_t part_from = 10'001;
constexpr std::size_t part = 200'000;

const std::string header = content(777, 1 << 20);

const copy_options ways[] = {{},
                             {.methods = {method::buffer}},
                             {.page_sharing = page_sharing::forbid},
                             {.disk = disk::always},
                             {.methods = {method::buffer}, .disk = disk::always}};

/// Copies what `of` makes of a file that waits at the gate.
template <class Sink, class SourceOf>
void loop_is_free(const copy_options& options, SourceOf of, const std::string& expected)
{
    fuse_file_system file_system{{{.size = size, .gated_from = 0}}};
    asio::io_context io;
    Sink sink{io};
    auto file = open_file(io, file_system.path());
    outcome cold;
    kernel_copy::async_kernel_copy(of(file), sink.end(), options, cold.handler());
    run_until(io, [&] {
        asio::post(io, [] {});
        return file_system.read_within(std::chrono::milliseconds{1});
    });
    others_go_on(io);
    BOOST_TEST(!cold.done);
    file_system.open_gate();
    run_until(io, [&] { return cold.done; });
    sink.finish();
    run(io);
    BOOST_TEST(!cold.error, cold.error.message());
    BOOST_TEST(cold.bytes == expected.size());
    CHECK_SAME_BYTES(sink.bytes(), expected);
}

using sinks = std::tuple<tcp_sink, local_sink, pipe_sink, asio_pipe_sink, terminal_sink, opaque_sink, tmpfs_file_sink,
                         disk_file_sink>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(disk_and_loop, balance, *boost::unit_test::precondition(fuse_here))

BOOST_AUTO_TEST_CASE_TEMPLATE(a_cold_file_does_not_hold_up_the_loop, Sink, sinks)
{
    for (const copy_options& way : ways)
        loop_is_free<Sink>(
            way, [](auto& file) -> auto& { return file; }, content(size));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(nor_do_parts_of_one, Sink, sinks)
{
    for (const copy_options& way : {ways[0], ways[1]})
    {
        loop_is_free<Sink>(
            way, [](auto& file) { return file_range(file, part_from, part); }, content(part, part_from));
        loop_is_free<Sink>(
            way, [](auto& file) { return exactly(file, part); }, content(part));
        loop_is_free<Sink>(
            way, [](auto& file) { return take(file, part); }, content(part));
        std::string first = header;
        loop_is_free<Sink>(
            way, [&](auto& file) { return prefixed(asio::dynamic_buffer(first), file); }, header + content(size));
    }
}

BOOST_AUTO_TEST_CASE(the_loop_is_free_at_every_read)
{
    // One at a time; what has been read meanwhile goes out.
    fuse_file_system file_system{{{.size = size, .gated_from = 0}}};
    asio::io_context io;
    tcp_sink sink{io};
    auto file = open_file(io, file_system.path());
    outcome cold;
    kernel_copy::async_kernel_copy(file, sink.end(), cold.handler());
    unsigned reads = 0;
    while (!cold.done)
    {
        settle(io);
        if (!file_system.read_within(std::chrono::milliseconds{1}))
            continue; // at the end, none comes
        ++reads;
        others_go_on(io);
        file_system.let_pass(1);
    }
    BOOST_TEST(reads > 1u);
    sink.finish();
    run(io);
    BOOST_TEST(!cold.error);
    CHECK_SAME_BYTES(sink.bytes(), content(size));
}

BOOST_AUTO_TEST_CASE(inline_holds_the_loop_as_was_asked_for)
{
    fuse_file_system file_system{{{.size = size, .gated_from = 0}}};
    asio::io_context io;
    tcp_sink sink{io};
    auto file = open_file(io, file_system.path());
    const std::size_t threads = threads_of_process();
    std::atomic<bool> done{false};
    std::thread loop{[&] {
        kernel_copy::async_kernel_copy(file, sink.end(), {.disk = disk::inline_},
                                       [&](error_code, std::uint64_t) { done = true; });
        const auto end = std::chrono::steady_clock::now() + patience;
        while (!done && io.run_one_until(end) != 0)
            ;
    }};
    file_system.wait_for_read();
    BOOST_TEST(threads_of_process() <= threads + 1);
    BOOST_TEST(!done);
    file_system.open_gate();
    loop.join();
    BOOST_TEST(done);
    sink.finish();
    run(io);
    CHECK_SAME_BYTES(sink.bytes(), content(size));
}

BOOST_AUTO_TEST_SUITE_END()

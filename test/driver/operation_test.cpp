// Distributed under the Boost Software License, Version 1.0.
#include "support/content.hpp"
#include "support/counting_allocator.hpp"
#include "support/ends.hpp"
#include "support/idle_pairs.hpp"

#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

using namespace test;
using kernel_copy::async_kernel_copy;
using kernel_copy::prefixed;

BOOST_FIXTURE_TEST_SUITE(operation, descriptor_balance)

BOOST_AUTO_TEST_CASE(tokens_of_every_kind)
{
    asio::io_context io;
    temp_dir dir;
    write_file(dir.path("in"), content(1000));
    auto in = open_file(io, dir.path("in"));
    auto null = open_file(io, "/dev/null", kernel_copy::file::write_only);
    const auto range = [&] { return kernel_copy::file_range(in, 0); };

    auto future = async_kernel_copy(range(), null, asio::use_future);
    std::uint64_t awaited = 0;
    asio::co_spawn(
        io,
        [&]() -> asio::awaitable<void> {
            awaited = co_await async_kernel_copy(range(), null, asio::use_awaitable);
            awaited += co_await async_kernel_copy(range(), null, asio::deferred)(asio::use_awaitable);
        },
        asio::detached);
    async_kernel_copy(range(), null, asio::detached);
    bool moved = false;
    async_kernel_copy(range(), null, [&, only = std::make_unique<int>(1)](error_code, std::uint64_t) { moved = true; });
    run(io);
    BOOST_TEST(future.get() == 1000u);
    BOOST_TEST(awaited == 2000u);
    BOOST_TEST(moved);
}

BOOST_AUTO_TEST_CASE(the_default_token_of_the_source_is_used)
{
    asio::io_context io;
    temp_dir dir;
    write_file(dir.path("in"), content(1000));
    using awaitable_file = asio::use_awaitable_t<>::as_default_on_t<kernel_copy::file>;
    awaitable_file in{io, dir.path("in").c_str(), kernel_copy::file::read_only};
    auto null = open_file(io, "/dev/null", kernel_copy::file::write_only);
    std::uint64_t n = 0;
    asio::co_spawn(
        io,
        [&]() -> asio::awaitable<void> {
            n = co_await async_kernel_copy(in, null);
            n += co_await async_kernel_copy(kernel_copy::file_range(in, 0, 10), null,
                                            {.page_sharing = kernel_copy::page_sharing::forbid});
        },
        asio::detached);
    run(io);
    BOOST_TEST(n == 1010u);
}

BOOST_AUTO_TEST_CASE(the_handler_runs_on_its_executor_and_work_is_tracked)
{
    idle_pairs p;
    asio::io_context other;
    auto strand = asio::make_strand(other);
    outcome result;
    async_kernel_copy(p.in.first, p.out.first,
                      asio::bind_executor(strand, [&, done = result.handler()](error_code error, std::uint64_t n) {
                          BOOST_TEST(strand.running_in_this_thread());
                          done(error, n);
                      }));
    BOOST_TEST(other.poll() == 0u);
    BOOST_TEST(!other.stopped()); // the operation counts as work there
    feed(p.in.second, "bytes");
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!result.done && std::chrono::steady_clock::now() < end)
    {
        settle(p.io);
        other.poll();
    }
    BOOST_TEST(result.bytes == 5u);
}

BOOST_AUTO_TEST_CASE(memory_comes_from_the_handlers_allocator_and_is_released_before_the_upcall)
{
    idle_pairs p;
    allocations counts;
    std::size_t live_at_upcall = 1;
    bool done = false;
    async_kernel_copy(p.in.first, p.out.first,
                      asio::bind_allocator(counting_allocator<>{counts}, [&](error_code, std::uint64_t) {
                          live_at_upcall = counts.live;
                          done = true;
                      }));
    BOOST_TEST(counts.live > 0u);
    feed(p.in.second, "bytes");
    run(p.io);
    BOOST_TEST(done);
    BOOST_TEST(counts.made > 0u);
    BOOST_TEST(live_at_upcall == 0u);
}

BOOST_AUTO_TEST_CASE(closing_an_end_ends_the_copy)
{
    for (const bool close_source : {true, false})
    {
        idle_pairs p;
        if (!close_source)
        {
            p.fill_sink();
            asio::write(p.in.second, asio::buffer("x", 1));
        }
        outcome result;
        async_kernel_copy(p.in.first, p.out.first, result.handler());
        settle(p.io);
        BOOST_TEST(!result.done);
        (close_source ? p.in.first : p.out.first).close();
        run(p.io);
        BOOST_TEST(result.error == error_code{asio::error::operation_aborted});
    }
}

BOOST_AUTO_TEST_CASE(an_end_closed_after_its_wait_was_over_is_not_used_by_number)
{
    // The wait has succeeded, its handler is queued, and before it runs the socket is closed and its number
    // is taken by a file.
    idle_pairs p;
    temp_dir dir;
    outcome result;
    async_kernel_copy(p.in.first, p.out.first, result.handler());
    settle(p.io);
    const int number = p.out.first.native_handle();
    int taken = -1;
    asio::write(p.in.second, asio::buffer("bytes", 5));
    asio::post(p.io, [&] {
        p.out.first.close();
        taken = ::open(dir.path("other").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    });
    run(p.io);
    BOOST_TEST(taken == number);
    ::close(taken);
    BOOST_TEST(result.done);
    BOOST_TEST(result.error.failed());
    BOOST_TEST(read_file(dir.path("other")).empty());
}

BOOST_AUTO_TEST_CASE(destroying_the_context_frees_a_copy_in_flight)
{
    const auto token = std::make_shared<int>(0);
    {
        idle_pairs p;
        auto pipes = asio_pipe_pair(p.io);
        async_kernel_copy(p.in.first, p.out.first, [token](error_code, std::uint64_t) { BOOST_TEST(false); });
        async_kernel_copy(pipes.first, p.in.second, [token](error_code, std::uint64_t) { BOOST_TEST(false); });
        settle(p.io);
        BOOST_TEST(token.use_count() == 3);
    }
    BOOST_TEST(token.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(a_handler_may_destroy_the_ends_or_throw)
{
    idle_pairs p;
    auto socket = std::make_unique<local::socket>(std::move(p.in.first));
    bool done = false;
    async_kernel_copy(*socket, p.out.first, [&](error_code, std::uint64_t) {
        socket.reset();
        done = true;
        throw std::runtime_error{"from a handler"};
    });
    feed(p.in.second, "bytes");
    BOOST_CHECK_THROW(run(p.io), std::runtime_error);
    run(p.io);
    BOOST_TEST(done);
}

BOOST_AUTO_TEST_CASE(S46_the_result_counts_memory_and_kernel_together, *needs_kernel_methods)
{
    idle_pairs p;
    std::string held = "held ";
    kernel_copy::monitor counters;
    feed(p.in.second, "sent");
    BOOST_TEST(copy(p.io, prefixed(asio::dynamic_buffer(held), p.in.first), p.out.first,
                    {.methods = {kernel_copy::method::splice_through_pipe}, .monitor = &counters})
                   .bytes == 9u);
    BOOST_TEST(counters.drained() == 5u);
    BOOST_TEST(counters.bytes(kernel_copy::method::splice_through_pipe) == 4u);
    BOOST_TEST(counters.taken() == 9u);
    BOOST_TEST(counters.delivered() == 9u);
}

BOOST_AUTO_TEST_SUITE_END()

// Distributed under the Boost Software License, Version 1.0.
//
// How a copy ends that a socket has taken whole in the initiating function, or that was to be.
#include "support/counting_allocator.hpp"
#include "support/known_file.hpp"

#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <future>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <thread>

#include <fcntl.h>

using namespace test;
using kernel_copy::file_range;
using kernel_copy::prefixed;

namespace {

constexpr std::size_t small = known_file::small;
constexpr std::size_t large = known_file::large;

/// Has no memory to give.
template <class T = void>
struct empty_allocator
{
    using value_type = T;
    empty_allocator() = default;
    template <class U>
    empty_allocator(const empty_allocator<U>&) noexcept
    {}
    T* allocate(std::size_t) { throw std::bad_alloc{}; }
    void deallocate(T*, std::size_t) noexcept {}
    friend bool operator==(const empty_allocator&, const empty_allocator&) noexcept { return true; }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(whole_ranges_end, descriptor_balance, *needs_kernel_methods)

BOOST_AUTO_TEST_CASE(an_error_that_is_told_once_is_told)
{
    known_file f;
    for (const std::string which : {"send", "sendfile"})
        for (const bool with_header : {false, true})
        {
            std::string header = with_header ? "header" : "";
            const std::uint64_t length = which == "send" && !with_header ? small : large;
            f.once(which, {.bytes = 0, .error = ECONNRESET});
            const outcome result =
                copy(f.io, prefixed(asio::dynamic_buffer(header), file_range(f.file, 5, length)), f.to.sink());
            BOOST_TEST(result.error == failure(ECONNRESET));
            BOOST_TEST(result.bytes == (which == "sendfile" && with_header ? 6u : 0u));
            // A header that has left is not left waiting for what does not follow.
            const names made = f.calls();
            BOOST_TEST(std::count(made.begin(), made.end(), "push") == (which == "sendfile" && with_header ? 1 : 0));
            f.to.arrived();
        }
}

BOOST_AUTO_TEST_CASE(what_can_not_be_sent_by_sendfile_goes_another_way)
{
    known_file f;
    for (const int error : {EINVAL, ENOSYS, EAGAIN})
    {
        f.once("sendfile", {.bytes = 0, .error = error});
        BOOST_TEST(copy(f.io, file_range(f.file, 5, large), f.to.sink()).bytes == large);
        CHECK_SAME_BYTES(f.to.arrived(), f.bytes.substr(5, large));
    }
}

BOOST_AUTO_TEST_CASE(P7_a_closed_peer_is_an_error_and_no_signal)
{
    auto* const before = std::signal(SIGPIPE, SIG_DFL);
    known_file f;
    for (const std::size_t length : {small, large, large})
    {
        auto pair = local_pair(f.io);
        pair.second.close();
        BOOST_TEST(copy(f.io, file_range(f.file, 5, length), pair.first).error == failure(EPIPE));
    }
    std::signal(SIGPIPE, before);
}

// A program that comes to ignore the signal, and one that does no more.
BOOST_AUTO_TEST_CASE(P7_what_was_known_of_the_signal_need_not_hold)
{
    known_file f;
    for (auto* const now : {SIG_IGN, SIG_DFL, SIG_IGN, SIG_DFL})
    {
        auto* const before = std::signal(SIGPIPE, now);
        for (int i = 0; i != 3; ++i)
        {
            auto pair = local_pair(f.io);
            pair.second.close();
            BOOST_TEST(copy(f.io, file_range(f.file, 5, large), pair.first).error == failure(EPIPE));
        }
        std::signal(SIGPIPE, before);
    }
}

// The handler's own context, which has nothing else to do, and its memory.
BOOST_AUTO_TEST_CASE(it_is_said_where_the_handler_runs)
{
    known_file f;
    for (const std::size_t length : {small, large})
    {
        asio::io_context elsewhere;
        allocations counts;
        std::optional<std::thread::id> ran;
        kernel_copy::async_kernel_copy(
            file_range(f.file, 5, length), f.to.sink(),
            asio::bind_allocator(counting_allocator<>{counts},
                                 asio::bind_executor(elsewhere, [&](const error_code& error, std::uint64_t n) {
                                     BOOST_TEST(!error);
                                     BOOST_TEST(n == length);
                                     BOOST_TEST(counts.live == 0u);
                                     ran = std::this_thread::get_id();
                                 })));
        BOOST_TEST(counts.made != 0u);
        f.io.restart();
        std::thread other{[&] { f.io.run_for(patience); }};
        elsewhere.run_for(patience);
        other.join();
        BOOST_TEST((ran == std::this_thread::get_id()));
        BOOST_TEST(elsewhere.stopped());
        f.to.arrived();
    }
}

BOOST_AUTO_TEST_CASE(it_is_work_for_the_context_of_the_socket)
{
    known_file f;
    for (const std::size_t length : {small, large})
    {
        asio::io_context of_socket;
        auto pair = local_pair(of_socket);
        outcome result;
        kernel_copy::async_kernel_copy(file_range(f.file, 5, length), pair.first, result.handler());
        of_socket.poll();
        BOOST_TEST(!of_socket.stopped());
        run(f.io);
        BOOST_TEST(result.bytes == length);
        of_socket.poll();
        BOOST_TEST(of_socket.stopped());
    }
}

// A context that is without work for a moment has stopped for good.
BOOST_AUTO_TEST_CASE(what_does_not_go_whole_is_work_without_a_break)
{
    temp_dir dir;
    const std::string bytes = content(large);
    write_file(dir.path("in"), bytes);
    asio::io_context io;
    asio::io_context of_socket;
    asio::io_context of_handler;
    auto file = open_file(io, dir.path("in")); // of which nothing is known
    auto pair = local_pair(of_socket);
    outcome result;
    kernel_copy::async_kernel_copy(file_range(file, 0, large), pair.first,
                                   asio::bind_executor(of_handler, result.handler()));
    for (const asio::io_context* const context : {&io, &of_socket, &of_handler})
        BOOST_TEST(!context->stopped());
    std::thread moves{[&] { io.run(); }};
    std::thread waits{[&] { of_socket.run(); }};
    of_handler.run_for(patience);
    moves.join();
    waits.join();
    BOOST_TEST(result.bytes == large);
    CHECK_SAME_BYTES(read_now(pair.second), bytes);
}

BOOST_AUTO_TEST_CASE(what_does_not_go_whole_is_the_work_of_a_future)
{
    temp_dir dir;
    write_file(dir.path("in"), content(large));
    asio::io_context io;
    auto file = open_file(io, dir.path("in"));
    auto pair = local_pair(io);
    std::future<std::uint64_t> copied =
        kernel_copy::async_kernel_copy(file_range(file, 0, large), pair.first, asio::use_future);
    io.run_for(patience); // without a restart
    BOOST_TEST((copied.wait_for(std::chrono::seconds{0}) == std::future_status::ready));
    BOOST_TEST(copied.get() == large);
}

BOOST_AUTO_TEST_CASE(without_memory_nothing_leaves)
{
    known_file f;
    for (const std::size_t length : {small, large})
    {
        auto range = file_range(f.file, 5, length);
        const auto initiate = [&] {
            kernel_copy::async_kernel_copy(
                range, f.to.sink(),
                asio::bind_allocator(empty_allocator<>{}, [](error_code, std::uint64_t) { BOOST_ERROR("called"); }));
        };
        BOOST_CHECK_THROW(initiate(), std::bad_alloc);
        BOOST_TEST(range.offset() == 5u);
        BOOST_TEST(range.length() == length);
        BOOST_TEST(f.to.arrived().empty());
        BOOST_TEST(f.calls().empty());
    }
}

// The initiating function may still be at work when the handler runs.
BOOST_AUTO_TEST_CASE(ends_that_are_moved_in_are_gone_when_the_handler_runs)
{
    known_file f;
    asio::thread_pool threads{1};
    for (int i = 0; i != 500; ++i)
    {
        auto pair = local_pair(f.io);
        const int socket = pair.first.native_handle();
        std::promise<bool> gone;
        kernel_copy::file file{threads.get_executor(), f.dir.path("in").c_str(), kernel_copy::file::read_only};
        kernel_copy::async_kernel_copy(
            file_range(std::move(file), 5, small), std::move(pair.first),
            [&](error_code, std::uint64_t) { gone.set_value(::fcntl(socket, F_GETFD) == -1); });
        BOOST_TEST_REQUIRE(gone.get_future().get());
    }
    threads.join();
}

BOOST_AUTO_TEST_CASE(what_can_not_be_is_refused_as_ever)
{
    known_file f;
    for (const std::size_t length : {small, large})
    {
        BOOST_TEST(copy(f.io, file_range(f.file, 5, length), f.to.sink(), {.buffer_size = 0}).error == failure(EINVAL));
        BOOST_TEST(copy(f.io, file_range(f.file, 5, length), f.to.sink(), {.turn_budget = 0}).error == failure(EINVAL));
        BOOST_TEST(copy(f.io, file_range(f.file, std::uint64_t{1} << 63, length), f.to.sink()).error ==
                   failure(EINVAL));
    }
    BOOST_TEST(f.to.arrived().empty());
}

BOOST_AUTO_TEST_CASE(a_context_that_never_runs_again_frees_it)
{
    const auto alive = std::make_shared<int>();
    {
        known_file f;
        kernel_copy::async_kernel_copy(file_range(f.file, 5, large), f.to.sink(),
                                       [alive](error_code, std::uint64_t) { BOOST_ERROR("nobody runs this"); });
        BOOST_TEST(alive.use_count() == 2);
    }
    BOOST_TEST(alive.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(ranges_that_are_moved_in_and_sockets_that_are)
{
    known_file f;
    for (const std::size_t length : {small, large})
    {
        auto pair = local_pair(f.io);
        outcome result;
        kernel_copy::async_kernel_copy(file_range(open_file(f.io, f.dir.path("in")), 9, length), std::move(pair.first),
                                       result.handler());
        std::string arrived;
        asio::async_read(pair.second, asio::dynamic_buffer(arrived), [](error_code, std::size_t) {});
        run(f.io);
        BOOST_TEST(result.bytes == length);
        CHECK_SAME_BYTES(arrived, f.bytes.substr(9, length));
    }
}

BOOST_AUTO_TEST_CASE(closed_ends)
{
    known_file f;
    for (const std::size_t length : {small, large})
    {
        tcp::socket closed{f.io};
        BOOST_TEST(copy(f.io, file_range(f.file, 5, length), closed).error == failure(EBADF));
    }
    f.file.close();
    for (const std::size_t length : {small, large})
        BOOST_TEST(copy(f.io, file_range(f.file, 5, length), f.to.sink()).error == failure(EBADF));
    BOOST_TEST(f.to.arrived().empty());
}

BOOST_AUTO_TEST_SUITE_END()

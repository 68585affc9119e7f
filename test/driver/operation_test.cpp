// Distributed under the Boost Software License, Version 1.0.
#include "support/content.hpp"
#include "support/ends.hpp"

#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

using namespace test;
using asio::cancellation_type;
using kernel_copy::async_kernel_copy;
using kernel_copy::prefixed;
using kernel_copy::take;

namespace {

struct idle_pairs
{
    asio::io_context io{};
    std::pair<local::socket, local::socket> in = local_pair(io);
    std::pair<local::socket, local::socket> out = local_pair(io);

    void fill_sink()
    {
        out.first.non_blocking(true);
        error_code error;
        const std::string filler(4096, '-');
        while (!error)
            filled += out.first.write_some(asio::buffer(filler), error);
        out.first.non_blocking(false);
    }
    std::size_t filled = 0;
};

/// Starts a copy with a cancellation slot and runs until it waits.
struct cancellable
{
    template <class Source, class Sink>
    cancellable(asio::io_context& io, Source& source, Sink& sink, const kernel_copy::copy_options& options = {})
    {
        async_kernel_copy(source, sink, options, asio::bind_cancellation_slot(signal.slot(), result.handler()));
        settle(io);
    }
    asio::cancellation_signal signal{};
    outcome result{};
};

template <class T>
struct counting_allocator
{
    using value_type = T;
    struct counts
    {
        std::size_t allocations = 0;
        std::size_t live = 0;
    };
    explicit counting_allocator(counts& c) : counted{&c} {}
    template <class U>
    counting_allocator(const counting_allocator<U>& other) : counted{reinterpret_cast<counts*>(other.counted)}
    {}
    T* allocate(std::size_t n)
    {
        ++counted->allocations;
        ++counted->live;
        return std::allocator<T>{}.allocate(n);
    }
    void deallocate(T* p, std::size_t n)
    {
        --counted->live;
        std::allocator<T>{}.deallocate(p, n);
    }
    template <class U>
    bool operator==(const counting_allocator<U>& other) const
    {
        return static_cast<void*>(counted) == static_cast<void*>(other.counted);
    }
    counts* counted;
};

} // namespace

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
    counting_allocator<void*>::counts counts;
    std::size_t live_at_upcall = 1;
    bool done = false;
    async_kernel_copy(p.in.first, p.out.first,
                      asio::bind_allocator(counting_allocator<void*>{counts}, [&](error_code, std::uint64_t) {
                          live_at_upcall = counts.live;
                          done = true;
                      }));
    BOOST_TEST(counts.live > 0u);
    feed(p.in.second, "bytes");
    run(p.io);
    BOOST_TEST(done);
    BOOST_TEST(counts.allocations > 0u);
    BOOST_TEST(live_at_upcall == 0u);
}

BOOST_AUTO_TEST_CASE(terminal_cancellation_ends_a_wait)
{
    idle_pairs p;
    cancellable copy{p.io, p.in.first, p.out.first};
    copy.signal.emit(cancellation_type::terminal);
    run(p.io);
    BOOST_TEST(copy.result.error == error_code{asio::error::operation_aborted});
    BOOST_TEST(copy.result.bytes == 0u);
}

BOOST_AUTO_TEST_CASE(total_cancellation_is_honoured_until_the_first_byte)
{
    idle_pairs before;
    cancellable early{before.io, before.in.first, before.out.first};
    early.signal.emit(cancellation_type::total);
    run(before.io);
    BOOST_TEST(early.result.error == error_code{asio::error::operation_aborted});

    idle_pairs after;
    asio::write(after.in.second, asio::buffer("taken ", 6));
    cancellable late{after.io, after.in.first, after.out.first};
    late.signal.emit(cancellation_type::total);
    settle(after.io);
    BOOST_TEST(!late.result.done);
    feed(after.in.second, "more");
    run(after.io);
    BOOST_TEST(!late.result.error);
    BOOST_TEST(late.result.bytes == 10u);
    BOOST_TEST(read_now(after.out.second) == "taken more");
}

BOOST_AUTO_TEST_CASE(partial_cancellation_delivers_what_is_in_flight)
{
    idle_pairs p;
    p.fill_sink();
    const std::string bytes = content(10'000);
    asio::write(p.in.second, asio::buffer(bytes));
    kernel_copy::monitor counters;
    cancellable copy{p.io, p.in.first, p.out.first, {.monitor = &counters}};
    BOOST_TEST(counters.taken() == bytes.size());
    BOOST_TEST(counters.delivered() == 0u);
    copy.signal.emit(cancellation_type::partial);
    settle(p.io);
    BOOST_TEST(!copy.result.done);
    asio::write(p.in.second, asio::buffer("not taken", 9));
    std::string arrived;
    run_until(p.io, [&] {
        arrived += read_now(p.out.second);
        return copy.result.done;
    });
    arrived += read_now(p.out.second);
    BOOST_TEST(copy.result.error == error_code{asio::error::operation_aborted});
    BOOST_TEST(copy.result.bytes == bytes.size());
    BOOST_TEST(counters.taken() == counters.delivered());
    CHECK_SAME_BYTES(arrived.substr(p.filled), bytes);
    BOOST_TEST(p.in.first.available() == 9u);
}

BOOST_AUTO_TEST_CASE(terminal_cancellation_counts_what_is_in_flight)
{
    idle_pairs p;
    p.fill_sink();
    asio::write(p.in.second, asio::buffer(content(10'000)));
    kernel_copy::monitor counters;
    auto limited = take(p.in.first, 50'000);
    cancellable copy{p.io, limited, p.out.first, {.monitor = &counters}};
    copy.signal.emit(cancellation_type::partial);
    settle(p.io);
    BOOST_TEST(!copy.result.done);
    copy.signal.emit(cancellation_type::terminal); // a stronger request follows
    run(p.io);
    BOOST_TEST(copy.result.error == error_code{asio::error::operation_aborted});
    BOOST_TEST(copy.result.bytes == 0u);
    BOOST_TEST(counters.taken() == 10'000u);
    BOOST_TEST(limited.limit() == 40'000u);
}

BOOST_AUTO_TEST_CASE(cancellation_of_a_file_copy_leaves_the_position_right_behind_what_was_delivered)
{
    for (const auto& methods : {kernel_copy::method_set{}, kernel_copy::method_set{kernel_copy::method::buffer}})
        for (const auto type : {cancellation_type::partial, cancellation_type::terminal})
        {
            idle_pairs p;
            temp_dir dir;
            const std::string bytes = content(5 << 20);
            write_file(dir.path("in"), bytes);
            auto file = open_file(p.io, dir.path("in"));
            cancellable copy{p.io, file, p.out.first, {.methods = methods}};
            copy.signal.emit(type);
            std::string arrived;
            run_until(p.io, [&] {
                arrived += read_now(p.out.second);
                return copy.result.done;
            });
            arrived += read_now(p.out.second);
            BOOST_TEST(copy.result.error == error_code{asio::error::operation_aborted});
            BOOST_TEST(position_of(file.native_handle()) == copy.result.bytes);
            CHECK_SAME_BYTES(arrived, bytes.substr(0, copy.result.bytes));
        }
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

BOOST_AUTO_TEST_CASE(S46_the_result_counts_memory_and_kernel_together)
{
    idle_pairs p;
    std::string held = "held ";
    kernel_copy::monitor counters;
    feed(p.in.second, "sent");
    BOOST_TEST(
        copy(p.io, prefixed(asio::dynamic_buffer(held), p.in.first), p.out.first, {.monitor = &counters}).bytes == 9u);
    BOOST_TEST(counters.drained() == 5u);
    BOOST_TEST(counters.bytes(kernel_copy::method::splice_through_pipe) == 4u);
    BOOST_TEST(counters.taken() == 9u);
    BOOST_TEST(counters.delivered() == 9u);
}

BOOST_AUTO_TEST_SUITE_END()

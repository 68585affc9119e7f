// Distributed under the Boost Software License, Version 1.0.
//
// Where steps and handlers run, whose memory they take, and what keeps a context running.
#include "support/disk_ends.hpp"
#include "support/held_kernel.hpp"

#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <deque>

using namespace test;
using kernel_copy::copy_options;
using kernel_copy::disk_workers;
using kernel_copy::file_range;
using kernel_copy::method;
using kernel_copy::method_set;

namespace {

constexpr std::size_t size = 1'000'000;

/// One copy of each sort: file to socket, socket to file, file to file.
class three_copies
{
    auto counting(outcome& result)
    {
        return [this, &result](error_code error, std::uint64_t bytes) {
            result.error = error;
            result.bytes = bytes;
            if (&result == &results[0])
                outgoing.finish();
            ++done;
        };
    }

public:
    explicit three_copies(asio::io_context& io)
        : source{io, content(size)}, incoming{io, content(size)}, outgoing{io}, to_file{io}, from_socket{io}
    {}

    /// `bind` makes a handler of one.
    template <class Bind>
    void start(const copy_options& options, Bind bind)
    {
        const auto handler = [&](outcome& result) { return bind(counting(result)); };
        kernel_copy::async_kernel_copy(file_range(source.end(), 0), outgoing.end(), options, handler(results[0]));
        kernel_copy::async_kernel_copy(incoming.end(), from_socket.end(), options, handler(results[1]));
        kernel_copy::async_kernel_copy(file_range(source.end(), 0), to_file.end(), options, handler(results[2]));
    }
    void check()
    {
        BOOST_TEST(done == 3);
        for (const outcome& result : results)
        {
            BOOST_TEST(!result.error);
            BOOST_TEST(result.bytes == size);
        }
        CHECK_SAME_BYTES(outgoing.bytes(), content(size));
        CHECK_SAME_BYTES(from_socket.bytes(), content(size));
        CHECK_SAME_BYTES(to_file.bytes(), content(size));
    }

    disk_file_source source;
    tcp_source incoming;
    tcp_sink outgoing;
    disk_file_sink to_file;
    disk_file_sink from_socket;
    outcome results[3]{};
    std::atomic<int> done{0};
};

/// A handler's allocator that only the thread that made it may use.
template <class T>
struct home_allocator
{
    using value_type = T;
    explicit home_allocator(std::atomic<int>& c) : calls{&c}, home{std::this_thread::get_id()} {}
    template <class U>
    home_allocator(const home_allocator<U>& other) : calls{other.calls}, home{other.home}
    {}
    T* allocate(std::size_t n)
    {
        check();
        return std::allocator<T>{}.allocate(n);
    }
    void deallocate(T* p, std::size_t n)
    {
        check();
        std::allocator<T>{}.deallocate(p, n);
    }
    void check() const
    {
        if (std::this_thread::get_id() != home)
            *calls = -1'000'000;
        ++*calls;
    }
    template <class U>
    bool operator==(const home_allocator<U>& other) const
    {
        return calls == other.calls;
    }
    std::atomic<int>* calls;
    std::thread::id home;
};

const copy_options ways[] = {{.disk = disk::always}, {.methods = {method::buffer}, .disk = disk::always}};

constexpr auto as_it_is = [](auto handler) { return handler; };

} // namespace

BOOST_FIXTURE_TEST_SUITE(disk_executors, balance)

BOOST_AUTO_TEST_CASE(all_steps_run_on_the_callers_executor)
{
    for (copy_options options : ways)
    {
        held_kernel kernel{held_kernel::all};
        asio::thread_pool pool{1};
        std::thread::id pool_thread;
        asio::post(pool, [&] { pool_thread = std::this_thread::get_id(); });
        asio::io_context io;
        const asio::any_io_executor on = pool.get_executor();
        options.disk_executor = &on;
        three_copies copies{io};
        copies.start(options, as_it_is);
        run(io);
        copies.check();
        pool.join();
        BOOST_TEST(kernel.steps() > 3u);
        BOOST_TEST((kernel.workers() == std::set{pool_thread}));
        BOOST_TEST(asio::use_service<disk_workers>(io).threads() == 0u);
    }
}

BOOST_AUTO_TEST_CASE(or_on_the_contexts_own_threads)
{
    for (const copy_options& options : ways)
    {
        held_kernel kernel{held_kernel::all};
        asio::io_context io;
        auto& workers = asio::use_service<disk_workers>(io);
        workers.set_limits({.threads = 2});
        three_copies copies{io};
        copies.start(options, as_it_is);
        run(io);
        copies.check();
        BOOST_TEST(!kernel.workers().empty());
        BOOST_TEST(kernel.workers().size() <= workers.threads()); // one may have found nothing to do
        BOOST_TEST(workers.threads() <= 2u);
    }
}

BOOST_AUTO_TEST_CASE(a_step_keeps_the_context_at_work)
{
    held_kernel kernel;
    asio::io_context io;
    disk_file_source in{io, content(size)};
    disk_file_sink out{io};
    outcome result;
    const copy_options options{.methods = {kernel_copy::method::sendfile}}; // whose first call is a step
    kernel_copy::async_kernel_copy(in.end(), out.end(), options, result.handler());
    BOOST_TEST(kernel.come(1));
    std::atomic<bool> returned{false};
    std::thread loop{[&] {
        kernel.join_loop();
        io.run_for(patience);
        returned = true;
    }};
    // The loop has nothing to run; a handler that it is given shows that it still would.
    tally handled;
    asio::post(io, [&] { handled.add(); });
    BOOST_TEST(handled.reaches(1));
    BOOST_TEST(!io.stopped());
    BOOST_TEST(!returned);
    kernel.open();
    loop.join();
    BOOST_TEST(io.stopped()); // and not at the bound
    BOOST_TEST(result.done);
    BOOST_TEST(result.bytes == size);
    CHECK_SAME_BYTES(out.bytes(), content(size));
}

BOOST_AUTO_TEST_CASE(handlers_run_on_their_executors_which_have_work_meanwhile)
{
    for (const copy_options& options : ways)
    {
        held_kernel kernel;
        asio::io_context io;
        asio::io_context other;
        auto strand = asio::make_strand(other);
        std::atomic<int> elsewhere{0};
        three_copies copies{io};
        copies.start(options, [&](auto handler) {
            return asio::bind_executor(strand, [&, handler](error_code error, std::uint64_t bytes) mutable {
                elsewhere += strand.running_in_this_thread() ? 0 : 1;
                handler(error, bytes);
            });
        });
        settle(other);
        BOOST_TEST(!other.stopped());
        kernel.open();
        const auto end = std::chrono::steady_clock::now() + patience;
        while (copies.done != 3 && std::chrono::steady_clock::now() < end)
        {
            settle(io);
            settle(other);
        }
        run(io);
        run(other);
        copies.check();
        BOOST_TEST(elsewhere == 0);
    }
}

BOOST_AUTO_TEST_CASE(a_handlers_allocator_is_not_touched_by_workers)
{
    for (const copy_options& options : ways)
        for (const bool on_strand : {false, true})
        {
            asio::io_context io;
            std::atomic<int> calls{0};
            three_copies copies{io};
            if (on_strand)
                copies.start(options, [&](auto handler) {
                    return asio::bind_executor(asio::make_strand(io),
                                               asio::bind_allocator(home_allocator<void>{calls}, handler));
                });
            else
                copies.start(options,
                             [&](auto handler) { return asio::bind_allocator(home_allocator<void>{calls}, handler); });
            run(io);
            copies.check();
            BOOST_TEST(calls > 0);
        }
}

BOOST_AUTO_TEST_CASE(on_several_loop_threads)
{
    for (const disk d : {disk::when_cold, disk::always})
        for (const auto& methods : {method_set{}, method_set{method::buffer}})
        {
            asio::io_context io;
            std::deque<three_copies> copies;
            for (int i = 0; i != 4; ++i)
                copies.emplace_back(io).start({.methods = methods, .disk = d, .turn_budget = 50'000}, as_it_is);
            std::vector<std::thread> threads;
            for (int i = 0; i != 4; ++i)
                threads.emplace_back([&] { io.run_for(patience); });
            for (std::thread& thread : threads)
                thread.join();
            BOOST_TEST(io.stopped());
            for (three_copies& each : copies)
                each.check();
        }
}

BOOST_AUTO_TEST_SUITE_END()

// Distributed under the Boost Software License, Version 1.0.
//
// Ends, contexts and executors that go while a worker is at its step.
#include "support/disk_ends.hpp"
#include "support/held_kernel.hpp"

#include <boost/asio/thread_pool.hpp>

#include <sys/stat.h>

using namespace test;
using kernel_copy::copy_options;
using kernel_copy::method;
using kernel_copy::method_set;

namespace {

constexpr std::size_t size = 1'000'000;
const method_set file_ways[] = {{}, {method::buffer}};

struct bench
{
    void run_to_step(std::size_t steps)
    {
        run_until(io, [&] {
            asio::post(io, [] {});
            return kernel.steps() >= steps;
        });
        settle(io);
        BOOST_TEST(!result.done);
    }
    void finish()
    {
        kernel.open();
        run_until(io, [&] { return result.done; });
    }

    held_kernel kernel{};
    temp_dir dir{};
    asio::io_context io{};
    disk_file_source source{io, content(size)};
    outcome result{};
};

/// Another file, that has been given the number of what was just closed.
class usurper
{
public:
    explicit usurper(const std::string& path, int number)
    {
        write_file(path, untouched);
        file_ = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
        BOOST_REQUIRE(file_ == number);
    }
    usurper(const usurper&) = delete;
    usurper& operator=(const usurper&) = delete;
    ~usurper()
    {
        std::string now(untouched.size() + 1, '\0');
        BOOST_TEST(::pread(file_, now.data(), now.size(), 0) == static_cast<ssize_t>(untouched.size()));
        now.pop_back();
        BOOST_TEST((now == untouched));
        BOOST_TEST(position_of(file_) == 0u);
        BOOST_TEST((::fcntl(file_, F_GETFL) & O_NONBLOCK) == 0);
        ::close(file_);
    }

private:
    const std::string untouched = std::string(200'000, '!');
    int file_ = -1;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(disk_closing, balance)

BOOST_AUTO_TEST_CASE(a_socket_that_the_user_closes)
{
    for (const method_set& methods : file_ways)
        for (const std::size_t step : {1u, 3u})
        {
            bench b;
            auto& file = b.source.end();
            std::optional<receiver> peer{b.io};
            b.kernel.let_pass(step - 1);
            b.kernel.cut_steps_to(50'000);
            kernel_copy::async_kernel_copy(file, peer->sink(), {.methods = methods, .disk = disk::always},
                                           b.result.handler());
            b.run_to_step(step);
            const int number = peer->sink().native_handle();
            peer->sink().close();
            const usurper other{b.dir.path("other"), number};
            b.finish();
            BOOST_TEST(b.result.error.failed());
            BOOST_TEST(b.result.bytes == (step - 1) * 50'000);
            BOOST_TEST(position_of(file.native_handle()) == b.result.bytes);
            CHECK_SAME_BYTES(peer->arrived(), content(b.result.bytes));
        }
}

BOOST_AUTO_TEST_CASE(a_socket_that_is_waited_for_and_closed)
{
    for (const method_set& methods : file_ways)
    {
        bench b;
        auto& file = b.source.end();
        receiver peer{b.io};
        kernel_copy::monitor counters;
        kernel_copy::async_kernel_copy(
            file, peer.sink(), {.methods = methods, .disk = disk::always, .monitor = &counters}, b.result.handler());
        for (std::size_t step = 1; counters.in_flight() == 0; ++step)
        {
            b.kernel.let_pass(1);
            b.run_to_step(step + 1);
        }
        const std::string arrived = peer.arrived();
        const int number = peer.sink().native_handle();
        peer.sink().close();
        const usurper other{b.dir.path("other"), number};
        settle(b.io);
        BOOST_TEST(!b.result.done);
        b.finish();
        BOOST_TEST(b.result.error == aborted);
        BOOST_TEST(b.result.bytes == arrived.size());
        BOOST_TEST(position_of(file.native_handle()) == b.result.bytes);
        CHECK_SAME_BYTES(arrived, content(arrived.size()));
    }
}

BOOST_AUTO_TEST_CASE(a_socket_that_is_waited_for_and_destroyed)
{
    for (const method_set& methods : file_ways)
    {
        bench b;
        auto& file = b.source.end();
        auto peer = std::make_unique<receiver>(b.io); // on the heap, where a sanitizer sees who touches it later
        kernel_copy::monitor counters;
        kernel_copy::async_kernel_copy(
            file, peer->sink(), {.methods = methods, .disk = disk::always, .monitor = &counters}, b.result.handler());
        for (std::size_t step = 1; counters.in_flight() == 0; ++step)
        {
            b.kernel.let_pass(1);
            b.run_to_step(step + 1);
        }
        local::socket still_there = std::move(peer->ends.second); // a peer that reads, or hangs up, ends the wait
        peer.reset();
        settle(b.io);
        BOOST_TEST(!b.result.done);
        b.finish();
        BOOST_TEST(b.result.error == aborted);
        BOOST_TEST(b.result.bytes == read_now(still_there).size());
        BOOST_TEST(position_of(file.native_handle()) == b.result.bytes);
    }
}

BOOST_AUTO_TEST_CASE(a_source_file_that_the_user_closes)
{
    for (const bool to_file : {false, true})
        for (const method_set& methods : file_ways)
            for (const std::size_t step : {1u, 3u})
            {
                bench b;
                auto& file = b.source.end();
                receiver peer{b.io};
                auto out = create_file(b.io, b.dir.path("out"));
                b.kernel.let_pass(step - 1);
                b.kernel.cut_steps_to(50'000);
                const copy_options options{.methods = methods, .disk = disk::always};
                if (to_file)
                    kernel_copy::async_kernel_copy(file, out, options, b.result.handler());
                else
                    kernel_copy::async_kernel_copy(file, peer.sink(), options, b.result.handler());
                b.run_to_step(step);
                const int number = file.native_handle();
                file.close();
                const usurper other{b.dir.path("other"), number};
                b.finish();
                BOOST_TEST(b.result.error == failure(EBADF));
                // What the step brought counts.
                const std::string arrived = to_file ? read_file(b.dir.path("out")) : peer.arrived();
                BOOST_TEST(b.result.bytes == arrived.size());
                BOOST_TEST(arrived.size() <= step * 50'000);
                CHECK_SAME_BYTES(arrived, content(arrived.size()));
            }
}

BOOST_AUTO_TEST_CASE(a_sink_file_that_the_user_closes)
{
    for (const bool from_file : {false, true})
        for (const method_set& methods : file_ways)
            for (const std::size_t step : {1u, 3u})
            {
                bench b;
                auto sockets = local_pair(b.io);
                const std::string bytes = content(size);
                feed(sockets.second, bytes);
                auto out = create_file(b.io, b.dir.path("out"));
                b.kernel.let_pass(step - 1);
                b.kernel.cut_steps_to(50'000);
                const copy_options options{.methods = methods, .disk = disk::always};
                if (from_file)
                    kernel_copy::async_kernel_copy(b.source.end(), out, options, b.result.handler());
                else
                    kernel_copy::async_kernel_copy(sockets.first, out, options, b.result.handler());
                b.run_to_step(step);
                const int number = out.native_handle();
                out.close();
                const usurper other{b.dir.path("other"), number};
                b.finish();
                BOOST_TEST(b.result.error == failure(EBADF));
                BOOST_TEST(b.result.bytes <= step * 50'000);
                CHECK_SAME_BYTES(read_file(b.dir.path("out")), content(b.result.bytes));
                if (from_file)
                    BOOST_TEST(position_of(b.source.end().native_handle()) == b.result.bytes);
                sockets.first.close();
                run(b.io);
            }
}

BOOST_AUTO_TEST_CASE(a_context_that_is_destroyed_with_steps_begun_and_queued)
{
    for (const bool own_pool : {false, true})
        for (const bool moved_in : {false, true})
        {
            held_kernel kernel;
            temp_dir dir;
            std::optional<asio::thread_pool> pool;
            if (own_pool)
                pool.emplace(1);
            std::optional<asio::any_io_executor> on;
            if (own_pool)
                on = pool->get_executor();
            const copy_options options{.disk = disk::always, .disk_executor = on ? &*on : nullptr};
            const auto alive = std::make_shared<int>();
            std::thread opens;
            {
                asio::io_context io;
                auto& workers = asio::use_service<kernel_copy::disk_workers>(io);
                workers.set_limits({.threads = 1});
                write_file(dir.path("in"), content(size));
                auto handler = [alive](error_code, std::uint64_t) { BOOST_ERROR("called"); };
                auto in = open_file(io, dir.path("in"));
                auto to_file = create_file(io, dir.path("a"));
                auto second = open_file(io, dir.path("in"));
                auto sockets = local_pair(io);
                auto incoming = local_pair(io);
                auto from_socket = create_file(io, dir.path("b"));
                asio::write(incoming.second, asio::buffer(content(1000)));
                if (moved_in)
                {
                    kernel_copy::async_kernel_copy(std::move(in), std::move(to_file), options, handler);
                    kernel_copy::async_kernel_copy(std::move(second), std::move(sockets.first), options, handler);
                    kernel_copy::async_kernel_copy(std::move(incoming.first), std::move(from_socket), options, handler);
                }
                else
                {
                    kernel_copy::async_kernel_copy(in, to_file, options, handler);
                    kernel_copy::async_kernel_copy(second, sockets.first, options, handler);
                    kernel_copy::async_kernel_copy(incoming.first, from_socket, options, handler);
                }
                BOOST_TEST(kernel.come(1));
                settle(io);
                BOOST_TEST(workers.waiting() == 2u);
                opens = std::thread{[&kernel, queue = workers.queue()] {
                    if (becomes_true([&] { return queue->waiting() == 0; })) // it has begun to end
                        kernel.open();
                }};
            }
            opens.join();
            BOOST_TEST(kernel.steps() == 1u);
            BOOST_TEST(alive.use_count() == 1);
            pool.reset();
            BOOST_TEST(kernel.steps() == 1u);
        }
}

BOOST_AUTO_TEST_CASE(an_executor_of_the_callers_that_ends_before_the_step_began)
{
    for (const bool from_file : {true, false})
    {
        bench b;
        std::optional<asio::thread_pool> pool{std::in_place, 1};
        const asio::any_io_executor on = pool->get_executor();
        gate hold;
        tally begun;
        asio::post(*pool, [&] {
            begun.add();
            hold.pass();
        });
        BOOST_TEST(begun.reaches(1));
        auto sockets = local_pair(b.io);
        asio::write(sockets.second, asio::buffer(content(1000)));
        auto out = create_file(b.io, b.dir.path("out"));
        const copy_options options{.disk = disk::always, .disk_executor = &on};
        if (from_file)
            kernel_copy::async_kernel_copy(b.source.end(), out, options, b.result.handler());
        else
            kernel_copy::async_kernel_copy(sockets.first, out, options, b.result.handler());
        settle(b.io);
        BOOST_TEST(!b.result.done);
        pool->stop();
        hold.open();
        pool.reset();
        run_until(b.io, [&] { return b.result.done; });
        BOOST_TEST(b.result.error == aborted);
        BOOST_TEST(b.result.bytes == 0u);
        BOOST_TEST(b.kernel.steps() == 0u);
        BOOST_TEST(position_of(b.source.end().native_handle()) == 0u);
        BOOST_TEST(read_file(b.dir.path("out")).empty());
    }
}

BOOST_AUTO_TEST_SUITE_END()

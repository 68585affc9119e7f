// Distributed under the Boost Software License, Version 1.0.
#include "support/content.hpp"
#include "support/ends.hpp"
#include "support/fake_kernel.hpp"

#include <csignal>

#include <sys/resource.h>

using namespace test;
using kernel_copy::method;
using kernel_copy::method_set;

namespace {

/// SIGPIPE as a program has it that never touched the signal. Boost.Test may have done so.
struct untouched_signal
{
    untouched_signal() : before{std::signal(SIGPIPE, SIG_DFL)} {}
    untouched_signal(const untouched_signal&) = delete;
    untouched_signal& operator=(const untouched_signal&) = delete;
    ~untouched_signal() { std::signal(SIGPIPE, before); }

    void (*before)(int);
};

bool is_blocked(int signal)
{
    sigset_t now;
    ::pthread_sigmask(SIG_BLOCK, nullptr, &now);
    return ::sigismember(&now, signal) == 1;
}

bool is_pending(int signal)
{
    sigset_t now;
    ::sigpending(&now);
    return ::sigismember(&now, signal) == 1;
}

/// A copy into a sink whose other end is gone reports it, and the program lives.
template <class Source, class Sink>
void peer_is_gone(const method_set& methods)
{
    asio::io_context io;
    Source source{io, content(300'000)};
    Sink sink{io};
    error_code ignored;
    sink.peer().close(ignored);
    outcome result;
    kernel_copy::async_kernel_copy(source.end(), sink.end(), {.methods = methods}, result.handler());
    run_until(io, [&] { return result.done; });
    const bool told = result.error == failure(EPIPE) || result.error == failure(ECONNRESET);
    BOOST_TEST(told, result.error.message());
    BOOST_TEST(!is_blocked(SIGPIPE));
    BOOST_TEST(!is_pending(SIGPIPE));
}

template <class Source>
void gone_for_every_sink(const method_set& methods = {})
{
    peer_is_gone<Source, lonely_sink<tcp_pair>>(methods);
    peer_is_gone<Source, lonely_sink<local_pair>>(methods);
    peer_is_gone<Source, lonely_sink<pipe_pair>>(methods);
    peer_is_gone<Source, lonely_sink<asio_pipe_pair>>(methods);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(signals, descriptor_balance)

BOOST_AUTO_TEST_CASE(P7_P24_S44_a_closed_peer_is_an_error_and_no_signal)
{
    const untouched_signal untouched;
    for (const auto& methods : {method_set{}, method_set{method::buffer}})
    {
        gone_for_every_sink<disk_file_source>(methods);
        gone_for_every_sink<tcp_source>(methods);
        gone_for_every_sink<pipe_source>(methods);
    }
}

BOOST_AUTO_TEST_CASE(P7_a_peer_that_goes_in_the_middle, *needs_kernel_methods)
{
    const untouched_signal untouched;
    temp_dir dir;
    write_file(dir.path("in"), content(30 << 20));
    asio::io_context io;
    auto source = open_file(io, dir.path("in"));
    for (const bool to_pipe : {false, true})
    {
        source.seek(0, kernel_copy::file::seek_set);
        auto sockets = local_pair(io);
        auto pipe = pipe_pair(io);
        outcome result;
        if (to_pipe)
            kernel_copy::async_kernel_copy(source, pipe.second, result.handler());
        else
            kernel_copy::async_kernel_copy(source, sockets.first, result.handler());
        settle(io);
        BOOST_TEST(!result.done);
        pipe.first.close();
        sockets.second.close();
        run(io);
        const bool told = result.error == failure(EPIPE) || result.error == failure(ECONNRESET);
        BOOST_TEST(told);
        BOOST_TEST(result.bytes > 0u);
        BOOST_TEST(position_of(source.native_handle()) == result.bytes);
        BOOST_TEST(!is_pending(SIGPIPE));
    }
}

BOOST_AUTO_TEST_CASE(P7_a_short_count_that_hides_the_signal, *needs_kernel_methods)
{
    // The reader vanishes inside one call, which returns a short count with the signal pending all the same;
    // the next one fails, or succeeds because a FIFO has a new reader.
    const untouched_signal untouched;
    struct raising_kernel : fake_kernel
    {
        call_result splice(int source, const std::uint64_t* at, int sink, std::uint64_t length) override
        {
            if (calls_made++ != 0)
                return fails_then ? call_result{.bytes = 0, .error = EPIPE} : kernel::splice(source, at, sink, length);
            ::pthread_kill(::pthread_self(), SIGPIPE);
            return kernel::splice(source, at, sink, 10);
        }
        bool fails_then = false;
        int calls_made = 0;
    };
    for (const bool fails : {true, false})
    {
        raising_kernel kernel;
        kernel.fails_then = fails;
        const kernel_copy::detail::kernel_replacement replaced{kernel};
        asio::io_context io;
        temp_dir dir;
        write_file(dir.path("in"), content(100));
        auto source = open_file(io, dir.path("in"));
        auto pipe = pipe_pair(io);
        const outcome result = copy(io, source, pipe.second);
        BOOST_TEST(result.error == (fails ? failure(EPIPE) : error_code{}));
        BOOST_TEST(result.bytes == (fails ? 10u : 100u));
        BOOST_TEST(!is_pending(SIGPIPE));
    }
}

BOOST_AUTO_TEST_CASE(P7_a_signal_that_the_program_blocks_and_has_pending_stays_its_own)
{
    const untouched_signal untouched;
    sigset_t one;
    sigset_t before;
    ::sigemptyset(&one);
    ::sigaddset(&one, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &one, &before);
    ::pthread_kill(::pthread_self(), SIGPIPE);
    {
        asio::io_context io;
        auto sockets = local_pair(io);
        sockets.second.close();
        temp_dir dir;
        write_file(dir.path("in"), content(200'000)); // so much that it is not sent from memory
        auto source = open_file(io, dir.path("in"));
        BOOST_TEST(copy(io, source, sockets.first).error == failure(EPIPE));
    }
    BOOST_TEST(is_pending(SIGPIPE));
    BOOST_TEST(is_blocked(SIGPIPE));
    const timespec at_once = {};
    ::sigtimedwait(&one, nullptr, &at_once);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

BOOST_AUTO_TEST_CASE(P7_the_guard_costs_nothing_per_chunk, *needs_kernel_methods)
{
    temp_dir dir;
    write_file(dir.path("in"), content(1 << 20));
    const auto calls = [&](std::uint64_t budget, std::uint64_t& transfers) {
        asio::io_context io;
        auto source = open_file(io, dir.path("in"));
        auto sockets = local_pair(io);
        std::string arrived;
        collect(sockets.second, arrived);
        kernel_copy::monitor counters;
        outcome result;
        kernel_copy::async_kernel_copy(
            source, sockets.first, {.disk = kernel_copy::disk::inline_, .turn_budget = budget, .monitor = &counters},
            result.handler());
        run_until(io, [&] { return result.done; });
        sockets.first.close();
        run(io);
        transfers = counters.calls(method::sendfile);
        // fstat, fcntl, lseek and sigaction at the start
        const std::uint64_t turns = 1 + counters.waits() + counters.yields();
        BOOST_TEST(counters.system_calls() <= 4 + transfers + 3 * turns);
        return counters.system_calls();
    };
    std::uint64_t transfers = 0;
    {
        const untouched_signal untouched;
        calls(1 << 20, transfers);
        calls(4096, transfers);
    }
    std::signal(SIGPIPE, SIG_IGN);
    BOOST_TEST(calls(4096, transfers) == 4 + transfers); // ignored already: none at all
    std::signal(SIGPIPE, SIG_DFL);
}

BOOST_AUTO_TEST_CASE(P30_P31_a_file_size_limit_is_an_error_with_an_exact_count_and_no_signal, *needs_kernel_methods)
{
    for (const auto& methods : {method_set{}, method_set{method::sendfile}, method_set{method::buffer}})
    {
        const int status = in_child([&] {
            const rlimit limit = {10'000, 10'000};
            if (::setrlimit(RLIMIT_FSIZE, &limit) != 0)
                return 77;
            temp_dir dir{tmpfs};
            int source_descriptor = ::open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
            asio::io_context io;
            kernel_copy::file source{io.get_executor(), source_descriptor};
            auto sink = create_file(io, dir.path("out"));
            outcome result;
            kernel_copy::async_kernel_copy(source, sink, {.methods = methods}, result.handler());
            io.run_for(patience);
            return result.done && result.error == failure(EFBIG) && result.bytes == 10'000 &&
                           position_of(source.native_handle()) == 10'000 && position_of(sink.native_handle()) == 10'000
                       ? 0
                       : 1;
        });
        BOOST_TEST(status == 0);
    }
}

BOOST_AUTO_TEST_SUITE_END()

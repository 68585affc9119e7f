// Distributed under the Boost Software License, Version 1.0.

// Where all of it is io_uring, Asio's own wait does not compile with this (Boost 1.81).
#if !defined(BOOST_ASIO_HAS_IO_URING) || !defined(BOOST_ASIO_DISABLE_EPOLL)
#define BOOST_ASIO_ENABLE_HANDLER_TRACKING
#endif

#include "support/copies.hpp"
#include "support/fragile_stream.hpp"
#include "support/idle_pairs.hpp"
#include "support/relays.hpp"

#include <boost/asio/connect_pipe.hpp>

#include <sstream>

using namespace test;

namespace {

/// What is written to standard error while a function runs.
template <class Function>
std::string told_during(Function function)
{
    const temp_dir dir;
    const int to = ::open(dir.path("told").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    const int before = ::dup(STDERR_FILENO);
    ::dup2(to, STDERR_FILENO);
    ::close(to);
    function();
    ::dup2(before, STDERR_FILENO);
    ::close(before);
    return read_file(dir.path("told"));
}

#if defined(BOOST_ASIO_ENABLE_HANDLER_TRACKING)
constexpr bool tracks = true;
#else
constexpr bool tracks = false;
#endif

const auto by_tracking = only_if(tracks, "Asio's wait by io_uring does not compile with handler tracking");

/// Each such thing that was begun ("0*1|...") is told after the name of the operation that began it.
void check_named(const std::string& told, const std::string& begun, const std::string& name)
{
    BOOST_TEST_CONTEXT(told)
    {
        unsigned found = 0;
        std::istringstream lines{told};
        for (std::string before, line; std::getline(lines, line); before = line)
            if (line.find(begun) != std::string::npos && line.find('*') != std::string::npos)
            {
                ++found;
                BOOST_TEST(before.find("'" + name + "'") != std::string::npos);
            }
        BOOST_TEST(found != 0u);
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(contract_handler_tracking)

BOOST_AUTO_TEST_CASE(the_calls_of_a_copy_are_told_with_its_name, *by_tracking)
{
    idle_pairs p;
    outcome result;
    const std::string told = told_during([&] {
        kernel_copy::async_kernel_copy(p.in.first, p.out.first, result.handler());
        settle(p.io);
        feed(p.in.second, "bytes");
        run(p.io);
    });
    BOOST_TEST(result.bytes == 5u);
    check_named(told, "async_wait", "async_kernel_copy");
}

BOOST_AUTO_TEST_CASE(the_turns_of_a_copy_are_told_with_its_name, *by_tracking)
{
    idle_pairs p;
    outcome result;
    asio::write(p.in.second, asio::buffer("bytes", 5));
    const std::string told = told_during([&] {
        kernel_copy::async_kernel_copy(p.in.first, p.out.first, {.turn_budget = 2}, result.handler());
        p.in.second.close();
        run(p.io);
    });
    BOOST_TEST(result.bytes == 5u);
    check_named(told, ".execute", "async_kernel_copy");
}

BOOST_AUTO_TEST_CASE(a_pause_is_told_with_the_name_of_the_copy, *by_tracking)
{
    idle_pairs p;
    outcome result;
    feed(p.in.second, "bytes");
    const std::string told = told_during([&] {
        kernel_copy::async_kernel_copy(p.in.first, p.out.first, {.max_bytes_per_second = 100}, result.handler());
        run(p.io);
    });
    BOOST_TEST(result.bytes == 5u);
    check_named(told, "deadline_timer@", "async_kernel_copy");
    check_named(told, ".execute", "async_kernel_copy"); // what rang goes to where the handler runs
}

BOOST_AUTO_TEST_CASE(a_pause_that_is_cut_short_is_told_with_the_name_of_the_copy, *by_tracking)
{
    idle_pairs p;
    feed(p.in.second, "bytes");
    cancellable c{p.io, p.in.first, p.out.first, {.max_bytes_per_second = 1}};
    const std::string told = told_during([&] { c.signal.emit(asio::cancellation_type::terminal); });
    run(p.io);
    BOOST_TEST(c.result.error == asio::error::operation_aborted);
    check_named(told, "deadline_timer@", "async_kernel_copy");
}

BOOST_AUTO_TEST_CASE(what_a_worker_has_done_is_told_with_the_name_of_the_copy, *by_tracking)
{
    asio::io_context io;
    const temp_dir dir;
    write_file(dir.path("in"), "bytes");
    auto in = open_file(io, dir.path("in"));
    auto out = create_file(io, dir.path("out"));
    outcome result;
    const std::string told = told_during([&] {
        kernel_copy::async_kernel_copy(in, out, {.disk = kernel_copy::disk::always}, result.handler());
        run(io);
    });
    BOOST_TEST(result.bytes == 5u);
    check_named(told, ".execute", "async_kernel_copy");
}

BOOST_AUTO_TEST_CASE(the_calls_and_the_timer_of_a_relay_are_told_with_its_name, *by_tracking)
{
    relayed<> r;
    const std::string told = told_during([&] {
        r.start({.idle_timeout = 60s});
        settle(r.io);
        r.a.peer().end();
        r.b.peer().end();
        r.run_until_done();
    });
    BOOST_TEST(!r.result.error);
    check_named(told, "async_wait", "async_kernel_relay");
    check_named(told, "deadline_timer@", "async_kernel_relay");
}

BOOST_AUTO_TEST_CASE(the_shutdown_of_a_stream_is_told_with_the_name_of_the_relay, *by_tracking)
{
    idle_pairs p;
    fragile_stream stream{std::move(p.out.first)};
    relay_outcome result;
    const std::string told = told_during([&] {
        async_kernel_relay(p.in.first, stream, result.handler());
        settle(p.io);
        p.in.second.close();
        p.out.second.close();
        run(p.io);
    });
    BOOST_TEST(result.done);
    BOOST_TEST(stream.shut_down);
    check_named(told, ".execute", "async_kernel_relay");
}

BOOST_AUTO_TEST_SUITE_END()

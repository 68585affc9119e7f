// Distributed under the Boost Software License, Version 1.0.

// copy_file SRC DST: copies a file, or standard input or output for "-", inside the kernel where that is possible.

#include "blocking_mode.hpp"
#include "ends.hpp"

#include "../common/command_line.hpp"
#include "../common/plain_copy.hpp"
#include "../common/statistics.hpp"

#include <kernel_copy/async_kernel_copy.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <csignal>
#include <iostream>

#include <unistd.h>

namespace {

namespace asio = boost::asio;
using namespace kernel_copy;
using namespace kernel_copy::example;

asio::awaitable<error_code> copy(end& source, end& sink, statistics& counts)
{
    const auto go = [&counts](auto& from, auto& to) {
        return async_kernel_copy(from, to, {.monitor = &counts.monitor}, asio::as_tuple(asio::use_awaitable));
    };
    const auto [error, bytes] = co_await std::visit(go, source, sink);
    co_return error;
}

/// A regular file is read and written by plain system calls, everything else by Asio.
std::variant<plain_file, asio::posix::stream_descriptor*> plain_end(end& e)
{
    if (auto* const opened = std::get_if<file>(&e))
        return plain_file{opened->native_handle()};
    return &std::get<asio::posix::stream_descriptor>(e);
}

asio::awaitable<error_code> copy_plainly(end& source, end& sink, plain_counts& counts)
{
    auto from = plain_end(source);
    auto to = plain_end(sink);
    const auto object = [](auto& e) -> auto&
    {
        if constexpr (std::is_pointer_v<std::remove_reference_t<decltype(e)>>)
            return *e;
        else
            return e;
    };
    const auto go = [&](auto& a, auto& b) { return plain_copy(object(a), object(b), counts); };
    try
    {
        co_await std::visit(go, from, to);
        co_return error_code{};
    }
    catch (const boost::system::system_error& e)
    {
        co_return e.code();
    }
}

asio::awaitable<void> copy_or_stop(end& source, end& sink, asio::signal_set& signals, const command_line& line,
                                   statistics& counts, std::string& failure)
{
    using namespace asio::experimental::awaitable_operators;
    auto copying = line.plain ? copy_plainly(source, sink, counts.plain) : copy(source, sink, counts);
    const auto first = co_await (std::move(copying) || signals.async_wait(asio::use_awaitable));
    if (first.index() == 1)
        failure = "interrupted";
    else if (const error_code error = std::get<0>(first))
        failure = error.message();
}

int copy_file(const command_line& line)
{
    const blocking_mode input{STDIN_FILENO};
    const blocking_mode output{STDOUT_FILENO};

    asio::io_context io{1};
    end source = open_source(io, line.arguments[0]);
    end sink = open_sink(io, line.arguments[1], source);
    if (line.plain)
    {
        make_waitable(source);
        make_waitable(sink);
        std::signal(SIGPIPE, SIG_IGN); // the library takes care of that itself
    }
    // Only now, because opening a FIFO waits and must stay interruptible.
    asio::signal_set signals{io, SIGINT, SIGTERM, SIGHUP};

    statistics counts;
    std::string failure;
    asio::co_spawn(io, copy_or_stop(source, sink, signals, line, counts, failure), [](std::exception_ptr e) {
        if (e)
            std::rethrow_exception(e);
    });
    io.run();

    if (failure.empty())
        close(sink, line.arguments[1]);
    else
        std::cerr << "copy_file: " << failure << " after " << counts.bytes() << " bytes\n";
    if (line.statistics)
        std::cerr << counts << '\n';
    return failure.empty() ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace

int main(int argc, char** argv)
{
    return run_program(argc, argv, {.name = "copy_file", .arguments = {"SRC", "DST"}}, copy_file);
}

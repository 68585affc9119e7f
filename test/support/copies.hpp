// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_COPIES_HPP
#define KERNEL_COPY_TEST_SUPPORT_COPIES_HPP

#include <kernel_copy.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/connect_pipe.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/readable_pipe.hpp>
#include <boost/asio/writable_pipe.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace test {

namespace asio = boost::asio;
using asio::ip::tcp;
using local = asio::local::stream_protocol;
using descriptor = asio::posix::stream_descriptor;
using kernel_copy::errc;
using kernel_copy::error_code;

/// For tests of what only the kernel's calls do. A library that was built without them skips these, and says so.
inline const boost::unit_test::precondition needs_kernel_methods{[](boost::unit_test::test_unit_id) {
    boost::test_tools::assertion_result answer{kernel_copy::detail::kernel{}.probe(kernel_copy::method::splice)};
    answer.message() << "the library was built without the kernel's methods";
    return answer;
}};

/// For tests of what is not to be had everywhere: they are skipped, and say why.
inline boost::unit_test::precondition only_if(bool possible, const char* else_why)
{
    return boost::unit_test::precondition{[=](boost::unit_test::test_unit_id) {
        boost::test_tools::assertion_result answer{possible};
        answer.message() << else_why;
        return answer;
    }};
}

/// The bound on every wait of a test.
inline constexpr std::chrono::seconds patience{30};

/// Runs until all is done; a test that hangs fails.
inline void run(asio::io_context& io)
{
    io.restart();
    io.run_for(patience);
    BOOST_REQUIRE_MESSAGE(io.stopped(), "still something to wait for after the bound");
}

/// Runs until a condition holds.
template <class Condition>
void run_until(asio::io_context& io, Condition condition)
{
    const auto end = std::chrono::steady_clock::now() + patience;
    io.restart();
    while (!condition())
        BOOST_REQUIRE_MESSAGE(io.run_one_until(end) != 0, "nothing left to run, or the bound is reached");
}

/// Runs what is ready.
inline void settle(asio::io_context& io)
{
    io.restart();
    io.poll();
}

inline const error_code aborted = asio::error::operation_aborted;

/// Errors as the tests compare and print them.
inline error_code failure(errc e)
{
    return e;
}
inline error_code failure(int number)
{
    return {number, boost::system::system_category()};
}

/// How a copy ended.
struct outcome
{
    bool done = false;
    error_code error{};
    std::uint64_t bytes = 0;

    auto handler()
    {
        return [this](error_code e, std::uint64_t n) {
            BOOST_TEST(!done);
            done = true;
            error = e;
            bytes = n;
        };
    }
};

/// Copies and runs until all is done.
template <class Source, class Sink>
outcome copy(asio::io_context& io, Source&& source, Sink&& sink, const kernel_copy::copy_options& options = {})
{
    outcome result;
    kernel_copy::async_kernel_copy(std::forward<Source>(source), std::forward<Sink>(sink), options, result.handler());
    BOOST_TEST(!result.done); // nothing completes inside the initiating function
    run(io);
    BOOST_REQUIRE(result.done);
    return result;
}

inline std::pair<tcp::socket, tcp::socket> tcp_pair(asio::io_context& io)
{
    tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
    tcp::socket client{io};
    client.connect(acceptor.local_endpoint());
    return {std::move(client), acceptor.accept()};
}

inline std::pair<local::socket, local::socket> local_pair(asio::io_context& io)
{
    std::pair<local::socket, local::socket> ends{io, io};
    asio::local::connect_pair(ends.first, ends.second);
    return ends;
}

/// The same, with a first end that can be destroyed.
inline std::pair<std::unique_ptr<local::socket>, local::socket> mortal_pair(asio::io_context& io)
{
    auto ends = local_pair(io);
    return {std::make_unique<local::socket>(std::move(ends.first)), std::move(ends.second)};
}

/// Read end, write end.
inline std::pair<descriptor, descriptor> pipe_pair(asio::io_context& io)
{
    int ends[2];
    BOOST_REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    return {descriptor{io, ends[0]}, descriptor{io, ends[1]}};
}

/// A source socket whose peer has sent everything and closed.
inline local::socket sent(asio::io_context& io, const std::string& bytes, bool close = true)
{
    auto [source, peer] = local_pair(io);
    asio::write(peer, asio::buffer(bytes));
    if (!close)
        static_cast<void>(peer.release()); // left open on purpose by tests that close it themselves
    return std::move(source);
}

/// The peer of a source: writes all of it and closes.
template <class Stream>
void feed(Stream& peer, std::string bytes)
{
    auto kept = std::make_unique<std::string>(std::move(bytes));
    const asio::const_buffer all = asio::buffer(*kept);
    asio::async_write(peer, all, [&peer, kept = std::move(kept)](error_code, std::size_t) { peer.close(); });
}

/// The peer of a sink: reads until the end.
template <class Stream>
void collect(Stream& peer, std::string& into)
{
    asio::async_read(peer, asio::dynamic_buffer(into), [](error_code, std::size_t) {});
}

/// Writes until there is no room for more, and says how much that was.
inline std::size_t fill(local::socket& sink)
{
    std::size_t filled = 0;
    const std::string filler(4096, '-');
    const bool was_non_blocking = sink.non_blocking();
    sink.non_blocking(true);
    for (error_code error; !error;)
        filled += sink.write_some(asio::buffer(filler), error);
    sink.non_blocking(was_non_blocking);
    return filled;
}

/// All that can be read at once, without waiting for more.
template <class Stream>
std::string read_now(Stream& peer)
{
    std::string bytes;
    char piece[65536];
    peer.non_blocking(true);
    error_code error;
    for (;;)
    {
        const std::size_t n = peer.read_some(asio::buffer(piece), error);
        if (error)
            return bytes;
        bytes.append(piece, n);
    }
}

inline kernel_copy::file open_file(asio::io_context& io, const std::string& path,
                                   kernel_copy::file::flags flags = kernel_copy::file::read_only)
{
    return kernel_copy::file{io, path.c_str(), flags};
}

inline kernel_copy::file create_file(asio::io_context& io, const std::string& path)
{
    using kernel_copy::file;
    return open_file(io, path, file::read_write | file::create | file::truncate);
}

} // namespace test

#endif

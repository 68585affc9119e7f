// Distributed under the Boost Software License, Version 1.0.

// recipes: what the README shows, each recipe once, over loopback. What stands between two marks ([name]) is in the
// README word for word; a test compares them.

#include <kernel_copy.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <utility>

namespace asio = boost::asio;
using asio::as_tuple;
using asio::awaitable;
using asio::use_awaitable;
using asio::ip::tcp;
using namespace kernel_copy;
using namespace std::chrono_literals;

namespace {

// [serve]
// Sends what is left of a file: the kernel moves it from the file's pages to the socket.
awaitable<std::uint64_t> serve(file& file, tcp::socket& socket)
{
    co_return co_await async_kernel_copy(file, socket, use_awaitable);
}
// [serve]

// [range]
// A range of a file. The file's own position is left alone, so one open file serves many clients at once.
awaitable<void> send_range(file& file, std::uint64_t offset, std::uint64_t length, tcp::socket& socket)
{
    co_await async_kernel_copy(file_range(file, offset, length), socket, use_awaitable);
}
// [range]

// [upload]
// An upload of known length. If the peer closes early: errc::source_truncated, and the count.
awaitable<void> receive(tcp::socket& socket, std::uint64_t content_length, file& file)
{
    co_await async_kernel_copy(exactly(socket, content_length), file, use_awaitable);
}
// [upload]

// [prefixed]
// What was read too far while the header was parsed goes first, and is consumed from the buffer.
awaitable<void> receive(boost::beast::flat_buffer& buffer, tcp::socket& socket, std::uint64_t length, file& file)
{
    co_await async_kernel_copy(exactly(prefixed(buffer, socket), length), file, use_awaitable);
}
// [prefixed]

// [take]
// At most n bytes. A named view is used by reference: what remains of its limit is exact afterwards, on every outcome.
awaitable<std::uint64_t> pass_on(tcp::socket& from, tcp::socket& to, std::uint64_t n)
{
    auto limited = take(from, n);
    co_await async_kernel_copy(limited, to, as_tuple(use_awaitable));
    co_return limited.limit();
}
// [take]

// [disk]
// What may wait for a disk leaves the loop to others: on threads of the context, or on your own.
awaitable<void> back_up(file& from, file& to, asio::thread_pool& pool)
{
    const asio::any_io_executor disk_threads = pool.get_executor();
    co_await async_kernel_copy(from, to, {.disk_executor = &disk_threads}, use_awaitable);
}
// [disk]

// [monitor]
// Options and live counters, which any thread may read.
awaitable<void> send(file& file, tcp::socket& socket, monitor& counters)
{
    co_await async_kernel_copy(file, socket, {.page_sharing = page_sharing::forbid, .monitor = &counters},
                               use_awaitable);
}
// [monitor]

// [relay]
// Both ways until both have ended; the end of each side is carried over to the other. What was read while the protocol
// was found out goes first. The result tells bytes and error of each direction.
awaitable<relay_result> proxy(boost::beast::flat_buffer& sniffed, tcp::socket& client, tcp::socket& upstream)
{
    co_return co_await async_kernel_relay(
        prefixed(sniffed, client), upstream,
        {.idle_timeout = 60s, .half_close_timeout = 10s, .b_to_a = {.max_bytes_per_second = 1'000'000}}, use_awaitable);
}
// [relay]

// [residue]
// What was taken and could not be delivered is kept, and goes first when the copy goes on, perhaps to another sink.
awaitable<error_code> send_all(tcp::socket& source, tcp::socket& sink, residue& rest)
{
    const auto [error, bytes] =
        co_await async_kernel_copy(prefixed(rest, source), sink, {.residue = &rest}, as_tuple(use_awaitable));
    co_return error;
}
// [residue]

// The rest tries them.

struct connection
{
    explicit connection(asio::io_context& io) : peer{io}, end{io}
    {
        tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
        peer.connect(acceptor.local_endpoint());
        end = acceptor.accept();
    }
    tcp::socket peer;
    tcp::socket end;
};

void expect(bool holds, const char* what)
{
    std::cout << (holds ? "" : "NOT ") << what << '\n';
    if (!holds)
        std::exit(1);
}

file open(asio::io_context& io, const std::string& path, const std::string& content = {})
{
    std::ofstream{path} << content;
    return file{io, path.c_str(), file::read_write};
}

std::string all_of(const std::string& path)
{
    std::ostringstream content;
    content << std::ifstream{path}.rdbuf();
    return content.str();
}

std::string all_from(tcp::socket& peer)
{
    std::string content;
    boost::system::error_code end;
    asio::read(peer, asio::dynamic_buffer(content), end);
    return content;
}

void put(boost::beast::flat_buffer& to, const std::string& text)
{
    asio::buffer_copy(to.prepare(text.size()), asio::buffer(text));
    to.commit(text.size());
}

template <class T>
T finish(asio::io_context& io, awaitable<T> what)
{
    T result{};
    asio::co_spawn(io, std::move(what), [&](const std::exception_ptr& failure, T value) {
        if (failure)
            std::rethrow_exception(failure);
        result = std::move(value);
    });
    io.restart();
    io.run();
    return result;
}

void finish(asio::io_context& io, awaitable<void> what)
{
    asio::co_spawn(io, std::move(what), [](const std::exception_ptr& failure) {
        if (failure)
            std::rethrow_exception(failure);
    });
    io.restart();
    io.run();
}

void try_files(const std::string& directory)
{
    asio::io_context io;
    file in = open(io, directory + "/in", "0123456789");
    {
        connection c{io};
        finish(io, send_range(in, 2, 5, c.end));
        c.end.close();
        expect(all_from(c.peer) == "23456", "a range has arrived");
    }
    {
        connection c{io};
        expect(finish(io, serve(in, c.end)) == 10, "a file was sent");
        in.seek(0, file::seek_set);
    }
    {
        connection c{io};
        monitor counters;
        finish(io, send(in, c.end, counters));
        c.end.close();
        expect(all_from(c.peer) == "0123456789" && counters.delivered() == 10, "a file has arrived, and was counted");
    }
    {
        connection c{io};
        const std::string path = directory + "/upload";
        file out = open(io, path);
        asio::write(c.peer, asio::buffer("abcdef", 6));
        finish(io, receive(c.end, 4, out));
        expect(all_of(path) == "abcd", "an upload has its length");
    }
    {
        connection c{io};
        const std::string path = directory + "/prefixed";
        file out = open(io, path);
        boost::beast::flat_buffer buffer;
        put(buffer, "read ");
        asio::write(c.peer, asio::buffer("sent", 4));
        finish(io, receive(buffer, c.end, 9, out));
        expect(all_of(path) == "read sent" && buffer.size() == 0, "what had been read went first");
    }
    {
        const std::string path = directory + "/copy";
        file out = open(io, path);
        asio::thread_pool pool{1};
        in.seek(0, file::seek_set);
        finish(io, back_up(in, out, pool));
        expect(all_of(path) == "0123456789", "a file was copied on a thread of our own");
    }
}

void try_sockets()
{
    asio::io_context io;
    {
        connection from{io};
        connection to{io};
        asio::write(from.peer, asio::buffer("abc", 3));
        from.peer.close();
        expect(finish(io, pass_on(from.end, to.end, 10)) == 7, "a limit says what remains of it");
    }
    {
        connection client{io};
        connection upstream{io};
        boost::beast::flat_buffer sniffed;
        put(sniffed, "sniffed, ");
        asio::write(client.peer, asio::buffer("asked", 5));
        client.peer.shutdown(tcp::socket::shutdown_send);
        asio::write(upstream.peer, asio::buffer("answered", 8));
        upstream.peer.shutdown(tcp::socket::shutdown_send);
        const relay_result result = finish(io, proxy(sniffed, client.end, upstream.end));
        expect(result.a_to_b.bytes == 14 && result.b_to_a.bytes == 8, "a relay has counted both ways");
        expect(all_from(upstream.peer) == "sniffed, asked" && all_from(client.peer) == "answered",
               "a relay has carried both ways");
    }
    {
        connection from{io};
        connection to{io};
        residue rest;
        asio::write(from.peer, asio::buffer("abc", 3));
        from.peer.close();
        expect(!finish(io, send_all(from.end, to.end, rest)) && rest.empty(), "nothing is left of what was sent");
    }
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 2)
    {
        std::cerr << "usage: recipes DIRECTORY\n";
        return 2;
    }
    try_files(argv[1]);
    try_sockets();
}

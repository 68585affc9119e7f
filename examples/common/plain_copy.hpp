// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_EXAMPLE_PLAIN_COPY_HPP
#define KERNEL_COPY_EXAMPLE_PLAIN_COPY_HPP

#include "plain_file.hpp"
#include "statistics.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>

#include <vector>

namespace kernel_copy::example {

// The loop that Asio programs have without this library. Errors are thrown.

template <class Stream>
boost::asio::awaitable<std::size_t> read_some(Stream& from, boost::asio::mutable_buffer to)
{
    namespace asio = boost::asio;
    const auto [error, n] = co_await from.async_read_some(to, asio::as_tuple(asio::use_awaitable));
    if (error && error != asio::error::eof)
        throw boost::system::system_error{error};
    co_return n;
}

inline boost::asio::awaitable<std::size_t> read_some(plain_file& from, boost::asio::mutable_buffer to)
{
    // Nothing ever waits for a file: other handlers get their turn by this.
    co_await boost::asio::post(boost::asio::use_awaitable);
    co_return from.read(to);
}

template <class Stream>
boost::asio::awaitable<void> write_all(Stream& to, boost::asio::const_buffer from, plain_counts& counts)
{
    namespace asio = boost::asio;
    std::uint64_t before = 0;
    const auto count = [&](std::size_t written) {
        counts.writes += written != before ? 1 : 0;
        counts.bytes += written - before;
        before = written;
    };
    // Asked between two writes, but not after the last.
    const auto rest = [&](const boost::system::error_code& error, std::size_t written) -> std::size_t {
        count(written);
        return error ? 0 : from.size() - written;
    };
    const auto [error, written] =
        co_await asio::async_write(to, asio::buffer(from), rest, asio::as_tuple(asio::use_awaitable));
    count(written);
    if (error)
        throw boost::system::system_error{error};
}

inline boost::asio::awaitable<void> write_all(plain_file& to, boost::asio::const_buffer from, plain_counts& counts)
{
    while (from.size() != 0)
    {
        const std::size_t n = to.write(from);
        ++counts.writes;
        counts.bytes += n;
        from += n;
    }
    co_return;
}

/// Copies until the source ends.
template <class Source, class Sink>
boost::asio::awaitable<void> plain_copy(Source& source, Sink& sink, plain_counts& counts)
{
    std::vector<char> buffer(64 * 1024);
    for (;;)
    {
        const std::size_t n = co_await read_some(source, boost::asio::buffer(buffer));
        ++counts.reads;
        if (n == 0)
            co_return;
        co_await write_all(sink, boost::asio::buffer(buffer, n), counts);
    }
}

} // namespace kernel_copy::example

#endif

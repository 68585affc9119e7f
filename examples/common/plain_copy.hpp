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
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
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
    // What async_write does, with every write counted.
    while (from.size() != 0)
    {
        boost::system::error_code error;
        const std::size_t n =
            co_await to.async_write_some(asio::buffer(from), asio::redirect_error(asio::use_awaitable, error));
        ++counts.writes;
        counts.bytes += n;
        if (error)
            throw boost::system::system_error{error};
        from += n;
    }
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

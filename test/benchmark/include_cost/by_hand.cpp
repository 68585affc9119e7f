// Distributed under the Boost Software License, Version 1.0.
//
// What a program does without the library: the measure of what it costs to include that.
#include <boost/asio.hpp>

#include <array>
#include <cstdint>

namespace asio = boost::asio;
using asio::ip::tcp;

asio::awaitable<std::uint64_t> pass_on(tcp::socket& source, tcp::socket& sink);

asio::awaitable<std::uint64_t> pass_on(tcp::socket& source, tcp::socket& sink)
{
    std::array<char, 64 * 1024> buffer;
    std::uint64_t bytes = 0;
    for (;;)
    {
        boost::system::error_code error;
        const std::size_t n =
            co_await source.async_read_some(asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, error));
        if (error == asio::error::eof)
            co_return bytes;
        if (error)
            throw boost::system::system_error{error};
        co_await asio::async_write(sink, asio::buffer(buffer, n), asio::use_awaitable);
        bytes += n;
    }
}

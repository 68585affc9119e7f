// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/async_kernel_copy.hpp>

#include <boost/asio.hpp>

#include <cstdint>

namespace asio = boost::asio;
using asio::ip::tcp;

asio::awaitable<std::uint64_t> pass_on(tcp::socket& source, tcp::socket& sink);

asio::awaitable<std::uint64_t> pass_on(tcp::socket& source, tcp::socket& sink)
{
    co_return co_await kernel_copy::async_kernel_copy(source, sink, asio::use_awaitable);
}

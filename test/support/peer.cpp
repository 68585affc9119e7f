// Distributed under the Boost Software License, Version 1.0.
#include "support/peer.hpp"

#include <algorithm>
#include <vector>

namespace test {

namespace {

constexpr auto token = asio::as_tuple(asio::use_awaitable);

} // namespace

asio::awaitable<void> peer::send(std::uint64_t n, std::uint64_t piece)
{
    for (const std::uint64_t last = sent + n; sent != last && !write_error;)
    {
        const std::string_view bytes = says_.at(sent, std::min(piece, last - sent));
        error_code error;
        sent += co_await write_some(asio::buffer(bytes), error);
        write_error = error;
    }
}

asio::awaitable<void> peer::receive(std::uint64_t until)
{
    std::vector<char> space(static_cast<std::size_t>(std::min<std::uint64_t>(until, 256 * 1024)));
    while (received < until && !saw_end && !read_error)
    {
        error_code error;
        const std::size_t most = static_cast<std::size_t>(std::min<std::uint64_t>(space.size(), until - received));
        const std::size_t n = co_await read_some(asio::buffer(space, most), error);
        intact = intact && hears_.is(received, {space.data(), n});
        received += n;
        saw_end = error == asio::error::eof;
        if (error && !saw_end)
            read_error = error;
    }
}

asio::awaitable<void> peer::send_all(std::uint64_t n, std::uint64_t piece)
{
    co_await send(n, piece);
    if (!write_error)
        co_await finish();
}

asio::awaitable<void> peer::finish()
{
    end();
    co_return;
}

asio::awaitable<std::size_t> socket_peer::read_some(asio::mutable_buffer to, error_code& error)
{
    const auto [e, n] = co_await stream.async_read_some(to, token);
    error = e;
    co_return n;
}

asio::awaitable<std::size_t> socket_peer::write_some(asio::const_buffer from, error_code& error)
{
    const auto [e, n] = co_await stream.async_write_some(from, token);
    error = e;
    co_return n;
}

} // namespace test

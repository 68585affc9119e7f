// Distributed under the Boost Software License, Version 1.0.
#include "asio_relay.hpp"
#include "built_in.hpp"
#include "units.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <memory>
#include <utility>

namespace benchmark::relay {

namespace {

/// The same as plain Asio by callbacks, as it is written with coroutines: one for each direction.
asio::awaitable<void> carry(std::shared_ptr<socket_pair> ends, tcp::socket& source, tcp::socket& sink)
{
    std::array<char, 64 * kib> through;
    error_code error;
    auto result = asio::redirect_error(asio::use_awaitable, error);
    for (;;)
    {
        const std::size_t n = co_await source.async_read_some(asio::buffer(through), result);
        if (error == asio::error::eof)
        {
            sink.shutdown(tcp::socket::shutdown_send, error);
            co_return;
        }
        if (!error)
            co_await asio::async_write(sink, asio::buffer(through, n), result);
        if (error)
            co_return ends->reset();
    }
}

} // namespace

void serve_by_coroutine_asio(int listener, std::uint16_t upstream_port)
{
    serve_by_asio(listener, upstream_port, [](tcp::socket client, const tcp::endpoint& upstream) {
        const auto ends = std::make_shared<socket_pair>(std::move(client));
        ends->connect(upstream, [ends](const error_code& error) {
            if (error)
                return ends->reset();
            const auto executor = ends->client().get_executor();
            asio::co_spawn(executor, carry(ends, ends->client(), ends->upstream()), asio::detached);
            asio::co_spawn(executor, carry(ends, ends->upstream(), ends->client()), asio::detached);
        });
    });
}

} // namespace benchmark::relay

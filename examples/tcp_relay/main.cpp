// Distributed under the Boost Software License, Version 1.0.

// tcp_relay LISTEN_ADDR:PORT UPSTREAM_ADDR:PORT: passes TCP connections on, both directions inside the kernel.

#include "../common/command_line.hpp"
#include "../common/endpoint.hpp"
#include "../common/plain_copy.hpp"
#include "../common/statistics.hpp"
#include "../common/tcp_service.hpp"

#include <kernel_copy/async_kernel_copy.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstdlib>
#include <iostream>

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace kernel_copy;
using namespace kernel_copy::example;

struct relay_settings
{
    tcp::endpoint upstream;
    bool plain = false;
    statistics counts{};
};

/// One direction: everything, and then its end.
asio::awaitable<void> pass_on(tcp::socket& from, tcp::socket& to, relay_settings& settings)
{
    if (settings.plain)
        co_await plain_copy(from, to, settings.counts.plain);
    else
        co_await async_kernel_copy(from, to, {.monitor = &settings.counts.monitor}, asio::use_awaitable);
    error_code ignored; // who has reset the connection meanwhile needs no end
    to.shutdown(tcp::socket::shutdown_send, ignored);
}

// A transfer that was cut short must not look like one that has ended: a reset says so.
void close_hard(tcp::socket& socket)
{
    error_code ignored;
    socket.set_option(tcp::socket::linger{true, 0}, ignored);
    socket.close(ignored);
}

asio::awaitable<void> relay(tcp::socket client, relay_settings& settings)
{
    using namespace asio::experimental::awaitable_operators;
    tcp::socket upstream{client.get_executor()};
    try
    {
        co_await upstream.async_connect(settings.upstream, asio::use_awaitable);
    }
    catch (const boost::system::system_error& e)
    {
        if (e.code() != asio::error::operation_aborted)
            std::cerr << "tcp_relay: " << settings.upstream << ": " << e.code().message() << '\n';
        co_return;
    }
    try
    {
        client.set_option(tcp::no_delay{true});
        upstream.set_option(tcp::no_delay{true});
        // Goes on until both have ended; the error of one cancels the other.
        co_await (pass_on(client, upstream, settings) && pass_on(upstream, client, settings));
    }
    catch (const boost::system::system_error&)
    {
        close_hard(client);
        close_hard(upstream);
    }
}

int tcp_relay(const command_line& line)
{
    const tcp::endpoint listen_at = parse_endpoint(line.arguments[0]);
    relay_settings settings{.upstream = parse_endpoint(line.arguments[1]), .plain = line.plain};

    asio::io_context io{1};
    const auto connections =
        run_tcp_service(io, listen_at, [&](tcp::socket client) { return relay(std::move(client), settings); });
    if (line.statistics)
        std::cerr << "connections=" << connections << ' ' << settings.counts << '\n';
    return EXIT_SUCCESS;
}

} // namespace

int main(int argc, char** argv)
{
    return run_program(argc, argv, {.name = "tcp_relay", .arguments = {"LISTEN_ADDR:PORT", "UPSTREAM_ADDR:PORT"}},
                       tcp_relay);
}

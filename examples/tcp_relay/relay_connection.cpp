// Distributed under the Boost Software License, Version 1.0.
#include "relay_connection.hpp"

#include "connect.hpp"

#include "../common/plain_copy.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <tuple>

namespace kernel_copy::example {

namespace {

namespace asio = boost::asio;

/// One direction: everything, and then its end.
asio::awaitable<void> pass_on_plainly(stream_socket& from, stream_socket& to, plain_counts& counts)
{
    co_await plain_copy(from, to, counts);
    error_code ignored; // who has reset the connection meanwhile needs no end
    to.shutdown(stream_socket::shutdown_send, ignored);
}

asio::awaitable<ending> relay_plainly(stream_socket& client, stream_socket& to, relay_statistics& counts)
{
    using namespace asio::experimental::awaitable_operators;
    // Goes on until both have ended; the error of one cancels the other, and is thrown.
    co_await (pass_on_plainly(client, to, counts.to_upstream.plain) &&
              pass_on_plainly(to, client, counts.to_client.plain));
    co_return ending::complete;
}

asio::awaitable<ending> relay(stream_socket& client, stream_socket& to, relay_context& context)
{
    if (context.settings.plain)
        co_return co_await relay_plainly(client, to, context.counts);

    const auto result = co_await async_kernel_relay(client, to, context.options, asio::as_tuple(asio::use_awaitable));
    const error_code error = std::get<0>(result);
    if (!error)
        co_return ending::complete;
    // A peer that no longer answers TCP itself is the same error, but leaves no connection.
    if (error == asio::error::timed_out && is_connected(client) && is_connected(to))
        co_return ending::timed_out;
    co_return ending::reset;
}

asio::awaitable<ending> connect_and_relay(stream_socket& client, stream_socket& to, relay_context& context)
{
    const relay_settings& settings = context.settings;
    const error_code error = co_await connect_to_one(to, settings.to.endpoints, settings.connect_timeout);
    if (error == asio::error::operation_aborted)
        co_return ending::reset;
    if (error)
    {
        context.failures.report(settings.to.text + ": " + error.message());
        co_return ending::connect_failed;
    }
    ++context.counts.connected;
    set_proxy_options(client, settings.listen_at);
    set_proxy_options(to, settings.to.endpoints.front());
    co_return co_await relay(client, to, context);
}

} // namespace

relay_context::relay_context(const relay_settings& s, failure_log& f) : settings{s}, failures{f}
{
    options.idle_timeout = s.idle_timeout;
    options.half_close_timeout = s.half_close_timeout;
    options.a_to_b.max_bytes_per_second = s.bytes_per_second;
    options.a_to_b.monitor = &counts.to_upstream.monitor;
    options.b_to_a.max_bytes_per_second = s.bytes_per_second;
    options.b_to_a.monitor = &counts.to_client.monitor;
}

asio::awaitable<void> relay_connection([[maybe_unused]] connection_limit::place place, stream_socket client,
                                       stream_socket to, relay_context& context)
{
    ending how = ending::reset;
    try
    {
        how = co_await connect_and_relay(client, to, context);
    }
    catch (const std::exception&)
    {
        // An error of the plain loop, or the end of the program.
    }
    if (how == ending::reset || how == ending::connect_failed)
    {
        close_hard(client);
        close_hard(to);
    }
    else
    {
        error_code ignored;
        client.close(ignored);
        to.close(ignored);
    }
    context.counts.count(how);
}

} // namespace kernel_copy::example

// Distributed under the Boost Software License, Version 1.0.
#include "asio_relay.hpp"
#include "built_in.hpp"

#include <kernel_copy/async_kernel_relay.hpp>

#include <csignal>
#include <memory>
#include <utility>

namespace benchmark::relay {

namespace {

/// Deletes itself when it is over.
class connection
{
public:
    connection(tcp::socket client, const tcp::endpoint& upstream) : ends_{std::move(client)}
    {
        ends_.connect(upstream, [this](const error_code& error) { error ? end(error) : relay(); });
    }

private:
    void relay()
    {
        kernel_copy::async_kernel_relay(
            ends_.client(), ends_.upstream(),
            [this](const error_code& error, const kernel_copy::relay_result&) { end(error); });
    }

    void end(const error_code& error)
    {
        if (error)
            ends_.reset();
        delete this;
    }

    socket_pair ends_;
};

} // namespace

void serve_by_kernel_copy(int listener, std::uint16_t upstream_port, void (*on_sigpipe)(int))
{
    ::signal(SIGPIPE, on_sigpipe);
    serve_by_asio(listener, upstream_port, [](tcp::socket client, const tcp::endpoint& upstream) {
        new connection{std::move(client), upstream};
    });
}

} // namespace benchmark::relay

// Distributed under the Boost Software License, Version 1.0.
#include "built_in.hpp"

#include <kernel_copy/async_kernel_relay.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <csignal>
#include <memory>
#include <utility>

namespace benchmark::relay {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using kernel_copy::error_code;

/// Deletes itself when it is over.
class connection
{
public:
    connection(tcp::socket client, const tcp::endpoint& upstream)
        : client_{std::move(client)}, upstream_{client_.get_executor()}
    {
        upstream_.async_connect(upstream, [this](const error_code& error) {
            if (error)
                return end(error);
            client_.set_option(tcp::no_delay{true});
            upstream_.set_option(tcp::no_delay{true});
            relay();
        });
    }

private:
    void relay()
    {
        kernel_copy::async_kernel_relay(
            client_, upstream_, [this](const error_code& error, const kernel_copy::relay_result&) { end(error); });
    }

    void end(const error_code& error)
    {
        if (error)
            reset();
        delete this;
    }

    /// What was cut short must not look like an end.
    void reset()
    {
        for (tcp::socket* const socket : {&client_, &upstream_})
        {
            error_code ignored;
            socket->set_option(tcp::socket::linger{true, 0}, ignored);
            socket->close(ignored);
        }
    }

    tcp::socket client_;
    tcp::socket upstream_;
};

void accept(tcp::acceptor& from, const tcp::endpoint& upstream)
{
    from.async_accept([&](const error_code& error, tcp::socket client) {
        if (error)
            throw boost::system::system_error{error};
        new connection{std::move(client), upstream};
        accept(from, upstream);
    });
}

} // namespace

void serve_by_kernel_copy(int listener, std::uint16_t upstream_port)
{
    ::signal(SIGPIPE, SIG_DFL); // a library can't choose what the program does about it
    asio::io_context context{1};
    tcp::acceptor acceptor{context, tcp::v4(), listener};
    const tcp::endpoint upstream{asio::ip::address_v4::loopback(), upstream_port};
    accept(acceptor, upstream);
    context.run();
}

} // namespace benchmark::relay

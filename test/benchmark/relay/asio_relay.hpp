// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_RELAY_ASIO_RELAY_HPP
#define KERNEL_COPY_TEST_BENCHMARK_RELAY_ASIO_RELAY_HPP

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <utility>

namespace benchmark::relay {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// The two sockets of a relayed connection, whatever moves bytes between them.
class socket_pair
{
public:
    explicit socket_pair(tcp::socket client) : client_{std::move(client)}, upstream_{client_.get_executor()} {}

    /// Calls `then(error)` with both connected, and without Nagle's delay.
    template <class Then>
    void connect(const tcp::endpoint& upstream, Then then)
    {
        upstream_.async_connect(upstream, [this, then = std::move(then)](const error_code& error) {
            if (!error)
            {
                client_.set_option(tcp::no_delay{true});
                upstream_.set_option(tcp::no_delay{true});
            }
            then(error);
        });
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

    [[nodiscard]] tcp::socket& client() noexcept { return client_; }
    [[nodiscard]] tcp::socket& upstream() noexcept { return upstream_; }

private:
    tcp::socket client_;
    tcp::socket upstream_;
};

template <class Start>
void accept(tcp::acceptor& from, const tcp::endpoint& upstream, Start start)
{
    from.async_accept([&from, &upstream, start](const error_code& error, tcp::socket client) {
        if (error)
            throw boost::system::system_error{error};
        start(std::move(client), upstream);
        accept(from, upstream, start);
    });
}

/// On one thread, until the process is killed; `start(client, upstream)` begins with a connection.
template <class Start>
void serve_by_asio(int listener, std::uint16_t upstream_port, Start start)
{
    asio::io_context context{1};
    tcp::acceptor acceptor{context, tcp::v4(), listener};
    const tcp::endpoint upstream{asio::ip::address_v4::loopback(), upstream_port};
    accept(acceptor, upstream, start);
    context.run();
}

} // namespace benchmark::relay

#endif

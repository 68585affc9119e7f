// Distributed under the Boost Software License, Version 1.0.
#include "built_in.hpp"
#include "system.hpp"
#include "units.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <cerrno>
#include <memory>
#include <utility>
#include <vector>

#include <sys/socket.h>

namespace benchmark::relay {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// What a library on Asio has to be measured against for small messages: async_wait, one recv into a buffer that all
/// connections share, one send; what a full sink does not take is copied and written by async_write.
class connection : public std::enable_shared_from_this<connection>
{
public:
    explicit connection(tcp::socket client) : client_{std::move(client)}, upstream_{client_.get_executor()} {}

    void start(const tcp::endpoint& upstream)
    {
        upstream_.async_connect(upstream, [self = shared_from_this()](const error_code& error) {
            if (error)
                return self->reset();
            for (tcp::socket* const socket : {&self->client_, &self->upstream_})
            {
                socket->set_option(tcp::no_delay{true});
                socket->native_non_blocking(true);
            }
            self->wait(self->client_, self->upstream_);
            self->wait(self->upstream_, self->client_);
        });
    }

private:
    void wait(tcp::socket& source, tcp::socket& sink)
    {
        source.async_wait(tcp::socket::wait_read, [&, self = shared_from_this()](const error_code& error) {
            if (error)
                return self->reset();
            self->pass_on(source, sink);
        });
    }

    void pass_on(tcp::socket& source, tcp::socket& sink)
    {
        static std::array<char, 64 * kib> shared;
        const ssize_t n = ::recv(source.native_handle(), shared.data(), shared.size(), 0);
        if (n < 0)
            return errno == EAGAIN ? wait(source, sink) : reset();
        if (n == 0)
        {
            error_code ignored;
            sink.shutdown(tcp::socket::shutdown_send, ignored);
            return;
        }
        const ssize_t sent = ::send(sink.native_handle(), shared.data(), static_cast<std::size_t>(n), MSG_NOSIGNAL);
        if (sent == n)
            return wait(source, sink);
        if (sent < 0 && errno != EAGAIN)
            return reset();
        const auto rest =
            std::make_shared<std::vector<char>>(shared.begin() + std::max<ssize_t>(sent, 0), shared.begin() + n);
        asio::async_write(sink, asio::buffer(*rest),
                          [&, rest, self = shared_from_this()](const error_code& error, std::size_t) {
                              if (error)
                                  return self->reset();
                              self->wait(source, sink);
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

    tcp::socket client_;
    tcp::socket upstream_;
};

void accept(tcp::acceptor& from, const tcp::endpoint& upstream)
{
    from.async_accept([&](const error_code& error, tcp::socket client) {
        if (error)
            throw boost::system::system_error{error};
        std::make_shared<connection>(std::move(client))->start(upstream);
        accept(from, upstream);
    });
}

} // namespace

void serve_by_least_asio(int listener, std::uint16_t upstream_port)
{
    asio::io_context context{1};
    tcp::acceptor acceptor{context, tcp::v4(), listener};
    const tcp::endpoint upstream{asio::ip::address_v4::loopback(), upstream_port};
    accept(acceptor, upstream);
    context.run();
}

} // namespace benchmark::relay

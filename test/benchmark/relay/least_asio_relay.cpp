// Distributed under the Boost Software License, Version 1.0.
#include "asio_relay.hpp"
#include "built_in.hpp"
#include "system.hpp"
#include "units.hpp"

#include <boost/asio/write.hpp>

#include <array>
#include <cerrno>
#include <memory>
#include <utility>
#include <vector>

#include <sys/socket.h>

namespace benchmark::relay {

namespace {

/// What a library on Asio has to be measured against for small messages: async_wait, one recv into a buffer that all
/// connections share, one send; what a full sink does not take is copied and written by async_write.
class connection : public std::enable_shared_from_this<connection>
{
public:
    explicit connection(tcp::socket client) : ends_{std::move(client)} {}

    void start(const tcp::endpoint& upstream)
    {
        ends_.connect(upstream, [self = shared_from_this()](const error_code& error) {
            if (error)
                return self->ends_.reset();
            self->ends_.client().native_non_blocking(true);
            self->ends_.upstream().native_non_blocking(true);
            self->wait(self->ends_.client(), self->ends_.upstream());
            self->wait(self->ends_.upstream(), self->ends_.client());
        });
    }

private:
    void wait(tcp::socket& source, tcp::socket& sink)
    {
        source.async_wait(tcp::socket::wait_read, [&, self = shared_from_this()](const error_code& error) {
            if (error)
                return self->ends_.reset();
            self->pass_on(source, sink);
        });
    }

    void pass_on(tcp::socket& source, tcp::socket& sink)
    {
        static std::array<char, 64 * kib> shared;
        const ssize_t n = ::recv(source.native_handle(), shared.data(), shared.size(), 0);
        if (n < 0)
            return errno == EAGAIN ? wait(source, sink) : ends_.reset();
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
            return ends_.reset();
        const auto rest =
            std::make_shared<std::vector<char>>(shared.begin() + std::max<ssize_t>(sent, 0), shared.begin() + n);
        asio::async_write(sink, asio::buffer(*rest),
                          [&, rest, self = shared_from_this()](const error_code& error, std::size_t) {
                              if (error)
                                  return self->ends_.reset();
                              self->wait(source, sink);
                          });
    }

    socket_pair ends_;
};

} // namespace

void serve_by_least_asio(int listener, std::uint16_t upstream_port)
{
    serve_by_asio(listener, upstream_port, [](tcp::socket client, const tcp::endpoint& upstream) {
        std::make_shared<connection>(std::move(client))->start(upstream);
    });
}

} // namespace benchmark::relay

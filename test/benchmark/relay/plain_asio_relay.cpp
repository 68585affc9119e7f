// Distributed under the Boost Software License, Version 1.0.
#include "asio_relay.hpp"
#include "built_in.hpp"
#include "units.hpp"

#include <boost/asio/write.hpp>

#include <array>
#include <memory>
#include <utility>

namespace benchmark::relay {

namespace {

/// async_read_some, async_write, by callbacks and with one buffer a direction.
class connection : public std::enable_shared_from_this<connection>
{
public:
    explicit connection(tcp::socket client) : ends_{std::move(client)} {}

    void start(const tcp::endpoint& upstream)
    {
        ends_.connect(upstream, [self = shared_from_this()](const error_code& error) {
            if (error)
                return self->ends_.reset();
            self->read(self->ends_.client(), self->ends_.upstream(), self->from_client_);
            self->read(self->ends_.upstream(), self->ends_.client(), self->from_upstream_);
        });
    }

private:
    using buffer = std::array<char, 64 * kib>;

    void read(tcp::socket& source, tcp::socket& sink, buffer& through)
    {
        source.async_read_some(asio::buffer(through), [&, self = shared_from_this()](error_code error, std::size_t n) {
            if (error == asio::error::eof)
            {
                sink.shutdown(tcp::socket::shutdown_send, error);
                return;
            }
            if (error)
                return self->ends_.reset();
            self->write(source, sink, through, n);
        });
    }

    void write(tcp::socket& source, tcp::socket& sink, buffer& through, std::size_t n)
    {
        asio::async_write(sink, asio::buffer(through, n),
                          [&, self = shared_from_this()](const error_code& error, std::size_t) {
                              if (error)
                                  return self->ends_.reset();
                              self->read(source, sink, through);
                          });
    }

    socket_pair ends_;
    buffer from_client_;
    buffer from_upstream_;
};

} // namespace

void serve_by_plain_asio(int listener, std::uint16_t upstream_port)
{
    serve_by_asio(listener, upstream_port, [](tcp::socket client, const tcp::endpoint& upstream) {
        std::make_shared<connection>(std::move(client))->start(upstream);
    });
}

} // namespace benchmark::relay

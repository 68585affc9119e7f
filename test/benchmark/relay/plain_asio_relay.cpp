// Distributed under the Boost Software License, Version 1.0.
#include "built_in.hpp"
#include "units.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <memory>
#include <utility>

namespace benchmark::relay {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// async_read_some, async_write, by callbacks and with one buffer a direction.
class connection : public std::enable_shared_from_this<connection>
{
public:
    explicit connection(tcp::socket client) : client_{std::move(client)}, upstream_{client_.get_executor()} {}

    void start(const tcp::endpoint& upstream)
    {
        upstream_.async_connect(upstream, [self = shared_from_this()](const error_code& error) {
            if (error)
                return self->reset();
            self->client_.set_option(tcp::no_delay{true});
            self->upstream_.set_option(tcp::no_delay{true});
            self->read(self->client_, self->upstream_, self->from_client_);
            self->read(self->upstream_, self->client_, self->from_upstream_);
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
                return self->reset();
            self->write(source, sink, through, n);
        });
    }

    void write(tcp::socket& source, tcp::socket& sink, buffer& through, std::size_t n)
    {
        asio::async_write(sink, asio::buffer(through, n),
                          [&, self = shared_from_this()](const error_code& error, std::size_t) {
                              if (error)
                                  return self->reset();
                              self->read(source, sink, through);
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
    buffer from_client_;
    buffer from_upstream_;
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

void serve_by_plain_asio(int listener, std::uint16_t upstream_port)
{
    asio::io_context context{1};
    tcp::acceptor acceptor{context, tcp::v4(), listener};
    const tcp::endpoint upstream{asio::ip::address_v4::loopback(), upstream_port};
    accept(acceptor, upstream);
    context.run();
}

} // namespace benchmark::relay

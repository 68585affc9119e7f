// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_TLS_SINK_HPP
#define KERNEL_COPY_TEST_SUPPORT_TLS_SINK_HPP

#include "tls.hpp"

namespace test {

/// A TLS stream as a sink. Nothing else may run in the context while it is made.
class tls_sink
{
public:
    explicit tls_sink(asio::io_context& io) : tls_sink{tcp_pair(io)}
    {
        unsigned done = 0;
        for (tls_stream* const end : {&end_, &peer_})
            end->async_handshake(end == &end_ ? tls_stream::server : tls_stream::client, [&done](error_code error) {
                BOOST_TEST(!error);
                ++done;
            });
        run_until(io, [&] { return done == 2; });
        collect(peer_, bytes_);
    }
    auto& end() { return end_; }
    void finish() { end_.next_layer().close(); }
    std::string bytes() { return bytes_; }

private:
    explicit tls_sink(std::pair<tcp::socket, tcp::socket> ends)
        : end_{std::move(ends.first), context_}, peer_{std::move(ends.second), context_}
    {
        for (tls_stream* const end : {&end_, &peer_})
            end->next_layer().set_option(tcp::no_delay{true}); // handshakes alternate small messages
    }

    std::string bytes_{};
    asio::ssl::context context_ = tls_context(TLS1_3_VERSION);
    tls_stream end_;
    tls_stream peer_;
};

} // namespace test

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_TLS_HPP
#define KERNEL_COPY_TEST_SUPPORT_TLS_HPP

#include "relays.hpp"

#include <boost/asio/ssl.hpp>

#include <memory>

namespace test {

using tls_stream = asio::ssl::stream<tcp::socket>;

/// A context with a certificate of its own, that speaks this version only (TLS1_2_VERSION, TLS1_3_VERSION).
asio::ssl::context tls_context(int version);

/// A peer that speaks TLS by OpenSSL's functions alone, so that Asio's view of a TLS stream is at one end only.
class tls_peer : public peer
{
public:
    tls_peer(asio::ssl::context& context, tcp::socket s, bool is_server, endless says, endless hears);

    asio::awaitable<void> handshake();
    /// Sends close_notify. The other side may still send.
    asio::awaitable<void> finish() override;
    void end() override { BOOST_FAIL("a TLS stream is ended by finish()"); }
    void close() override { stream.close(); } // without a close_notify
    void reset() override;
    /// New keys in this direction, asked for in the other as well (TLS 1.3).
    void update_keys() { BOOST_REQUIRE(SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_REQUESTED) == 1); }

    tcp::socket stream;

protected:
    asio::awaitable<std::size_t> read_some(asio::mutable_buffer to, error_code& error) override;
    asio::awaitable<std::size_t> write_some(asio::const_buffer from, error_code& error) override;

private:
    /// Repeats a call of OpenSSL until it neither wants to read nor to write first. Gives what it returned.
    template <class Call>
    asio::awaitable<int> repeat(Call call, error_code& error);

    std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
};

/// A TLS connection; the relay's end has been handed over after its handshake.
template <int Version, bool RelayIsServer = true>
class tls_link
{
public:
    tls_link(asio::io_context& io, place at) : tls_link{io, tcp_pair(io), at} {}
    tls_stream& end() { return end_; }
    tls_peer& peer() { return peer_; }

private:
    tls_link(asio::io_context& io, std::pair<tcp::socket, tcp::socket> pair, place at)
        : end_{std::move(pair.first), context_}, peer_{context_, std::move(pair.second), !RelayIsServer,
                                                       at == place::a ? outward : homeward,
                                                       at == place::a ? homeward : outward}
    {
        end_.next_layer().set_option(tcp::no_delay{true}); // handshakes alternate small messages
        peer_.stream.set_option(tcp::no_delay{true});
        error_code result = asio::error::would_block;
        spawn(io, peer_.handshake());
        end_.async_handshake(RelayIsServer ? tls_stream::server : tls_stream::client,
                             [&](error_code error) { result = error; });
        run(io);
        BOOST_REQUIRE(!result);
    }

    asio::ssl::context context_ = tls_context(Version);
    tls_stream end_;
    tls_peer peer_;
};

} // namespace test

#endif

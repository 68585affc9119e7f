// Distributed under the Boost Software License, Version 1.0.
#include "support/tls.hpp"

#include <openssl/ec.h>
#include <openssl/x509.h>

#include <csignal>

namespace test {

asio::ssl::context tls_context(int version)
{
    using key_ptr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
    using certificate_ptr = std::unique_ptr<X509, decltype(&X509_free)>;
    static const key_ptr key{EVP_EC_gen("P-256"), &EVP_PKEY_free};
    static const certificate_ptr certificate = [] {
        certificate_ptr made{X509_new(), &X509_free};
        ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
        X509_gmtime_adj(X509_getm_notBefore(made.get()), -3600);
        X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
        X509_set_pubkey(made.get(), key.get());
        X509_NAME* const name = X509_get_subject_name(made.get());
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1,
                                   -1, 0);
        X509_set_issuer_name(made.get(), name);
        BOOST_REQUIRE(X509_sign(made.get(), key.get(), EVP_sha256()) != 0);
        return made;
    }();

    asio::ssl::context context{asio::ssl::context::tls};
    SSL_CTX* const native = context.native_handle();
    BOOST_REQUIRE(SSL_CTX_use_certificate(native, certificate.get()) == 1);
    BOOST_REQUIRE(SSL_CTX_use_PrivateKey(native, key.get()) == 1);
    BOOST_REQUIRE(SSL_CTX_set_min_proto_version(native, version) == 1);
    BOOST_REQUIRE(SSL_CTX_set_max_proto_version(native, version) == 1);
    return context;
}

tls_peer::tls_peer(asio::ssl::context& context, tcp::socket s, bool is_server, endless says, endless hears)
    : peer{says, hears}, stream{std::move(s)}, ssl_{SSL_new(context.native_handle()), &SSL_free}
{
    stream.native_non_blocking(true);
    SSL_set_fd(ssl_.get(), stream.native_handle());
    SSL_set_mode(ssl_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    is_server ? SSL_set_accept_state(ssl_.get()) : SSL_set_connect_state(ssl_.get());
}

template <class Call>
asio::awaitable<int> tls_peer::repeat(Call call, error_code& error)
{
    constexpr auto token = asio::as_tuple(asio::use_awaitable);
    for (;;)
    {
        ERR_clear_error();
        auto* const before = std::signal(SIGPIPE, SIG_IGN); // OpenSSL writes by write(2)
        const int result = call(ssl_.get());
        std::signal(SIGPIPE, before);
        const int reason = SSL_get_error(ssl_.get(), result);
        if (result > 0)
            co_return result;
        if (reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_WANT_WRITE)
        {
            const auto which = reason == SSL_ERROR_WANT_READ ? tcp::socket::wait_read : tcp::socket::wait_write;
            const auto [e] = co_await stream.async_wait(which, token);
            error = e;
            if (error)
                co_return -1;
            continue;
        }
        if (reason == SSL_ERROR_ZERO_RETURN)
            error = asio::error::eof; // a close_notify
        else if (result < 0 || reason != SSL_ERROR_SYSCALL)
            error = asio::ssl::error::stream_truncated;
        co_return result;
    }
}

asio::awaitable<void> tls_peer::handshake()
{
    error_code error;
    co_await repeat([](SSL* ssl) { return SSL_do_handshake(ssl); }, error);
    BOOST_REQUIRE(!error);
}

asio::awaitable<void> tls_peer::finish()
{
    error_code ignored;
    // 0: sent, and the other side's has not come, which is not waited for
    co_await repeat(
        [](SSL* ssl) {
            const int result = SSL_shutdown(ssl);
            return result == 0 ? 1 : result;
        },
        ignored);
}

void tls_peer::reset()
{
    stream.set_option(tcp::socket::linger{true, 0});
    stream.close();
}

asio::awaitable<std::size_t> tls_peer::read_some(asio::mutable_buffer to, error_code& error)
{
    const int n =
        co_await repeat([to](SSL* ssl) { return SSL_read(ssl, to.data(), static_cast<int>(to.size())); }, error);
    co_return n > 0 ? static_cast<std::size_t>(n) : 0;
}

asio::awaitable<std::size_t> tls_peer::write_some(asio::const_buffer from, error_code& error)
{
    const int n =
        co_await repeat([from](SSL* ssl) { return SSL_write(ssl, from.data(), static_cast<int>(from.size())); }, error);
    co_return n > 0 ? static_cast<std::size_t>(n) : 0;
}

} // namespace test

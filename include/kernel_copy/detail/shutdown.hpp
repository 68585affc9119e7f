// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_SHUTDOWN_HPP
#define KERNEL_COPY_DETAIL_SHUTDOWN_HPP

#include <kernel_copy/detail/endpoint_concepts.hpp>
#include <kernel_copy/detail/erased_ends.hpp>
#include <kernel_copy/detail/kernel.hpp>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/socket_base.hpp>

#include <array>
#include <cstddef>
#include <utility>

namespace kernel_copy::inline v0::detail {

struct ignore_error
{
    void operator()(error_code) const {}
};

/// A stream whose end is a message of its own, as that of TLS.
template <class T>
concept has_async_shutdown = !has_descriptor<T> && requires(T & t)
{
    t.async_shutdown(ignore_error{});
};

/// A TLS stream of OpenSSL, as Asio's and Beast's are. Its functions are found where this is used, if it is.
template <class T>
concept openssl_stream = has_async_shutdown<T> && requires(T& t)
{
    SSL_set_shutdown(t.native_handle(), SSL_get_shutdown(t.native_handle()));
};

/// Must this stream not be told of the end while it is still read? Asio's shutdown of a TLS stream reads: it takes the
/// peer's data for a violation of the protocol and breaks the stream, so others are not trusted either.
template <class T>
constexpr bool must_shut_down_late = has_async_shutdown<T> && !openssl_stream<T>;

/// Sends the end, after the last write has ended.
///
/// Of TLS it sends close_notify and nothing more: Asio calls SSL_shutdown(3) once, to send, and again, to wait for the
/// peer's, if the first call says that it has not come. As long as OpenSSL believes that it has, there is no second
/// call, and the data that is still to come is left to the reader.
template <class T, class Handler>
void async_shut_down(T& end, Handler&& handler)
{
    if constexpr (openssl_stream<T>)
    {
        constexpr int sent = 1; // SSL_SENT_SHUTDOWN and SSL_RECEIVED_SHUTDOWN
        constexpr int received = 2;
        auto* const ssl = end.native_handle();
        const int before = SSL_get_shutdown(ssl);
        SSL_set_shutdown(ssl, before | received);
        end.async_shutdown(std::forward<Handler>(handler)); // calls SSL_shutdown at once
        SSL_set_shutdown(ssl, (SSL_get_shutdown(ssl) & sent) | before);
    }
    else
        end.async_shutdown(std::forward<Handler>(handler));
}

/// Half-closes an end at which that is one call; what has no half-close is left alone. Whoever has been reset
/// meanwhile needs no end, so errors say nothing.
template <class T>
void shut_down_send(T& end)
{
    [[maybe_unused]] error_code ignored;
    if constexpr (has_descriptor<T>)
    {
        if (const int descriptor = descriptor_of(end); descriptor != -1)
            current_kernel().shutdown_send(descriptor);
    }
    else if constexpr (requires { end.shutdown(asio::socket_base::shutdown_send, ignored); })
        end.shutdown(asio::socket_base::shutdown_send, ignored);
    else if constexpr (requires { end.socket().shutdown(asio::socket_base::shutdown_send, ignored); })
        end.socket().shutdown(asio::socket_base::shutdown_send, ignored);
}

/// What ends the asynchronous shutdowns of a relay's two sinks, where there can be one.
template <bool Any>
class shutdown_signals
{
public:
    asio::cancellation_slot slot_of(std::size_t which) noexcept { return signals_[which].slot(); }
    void stop()
    {
        for (asio::cancellation_signal& signal : signals_)
            signal.emit(asio::cancellation_type::terminal);
    }

private:
    std::array<asio::cancellation_signal, 2> signals_{};
};

template <>
class shutdown_signals<false>
{
public:
    static asio::cancellation_slot slot_of(std::size_t) noexcept { return {}; }
    static void stop() noexcept {}
};

} // namespace kernel_copy::inline v0::detail

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_OPAQUE_STREAM_HPP
#define KERNEL_COPY_TEST_SUPPORT_OPAQUE_STREAM_HPP

#include <boost/asio/local/stream_protocol.hpp>

#include <utility>

namespace test {

/// A user's stream, of which nothing is known but its two functions.
class opaque_stream
{
public:
    using socket = boost::asio::local::stream_protocol::socket;
    using executor_type = socket::executor_type;
    explicit opaque_stream(socket of) : socket_{std::move(of)} {}
    executor_type get_executor() { return socket_.get_executor(); }
    void close() { socket_.close(); }
    /// The socket inside, which is used by nobody any more.
    socket release() { return std::move(socket_); }

    template <class Buffers, class Token>
    auto async_read_some(const Buffers& to, Token&& token)
    {
        return socket_.async_read_some(to, std::forward<Token>(token));
    }
    template <class Buffers, class Token>
    auto async_write_some(const Buffers& from, Token&& token)
    {
        return socket_.async_write_some(from, std::forward<Token>(token));
    }

private:
    socket socket_;
};

} // namespace test

#endif

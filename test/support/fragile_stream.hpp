// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_FRAGILE_STREAM_HPP
#define KERNEL_COPY_TEST_SUPPORT_FRAGILE_STREAM_HPP

#include "copies.hpp"

#include <boost/asio/append.hpp>
#include <boost/asio/post.hpp>

#include <utility>

namespace test {

/// A stream with nothing but a shutdown that takes its time, and that breaks a read that is under way.
class fragile_stream
{
public:
    using executor_type = local::socket::executor_type;
    explicit fragile_stream(local::socket socket) : socket_{std::move(socket)} {}
    executor_type get_executor() { return socket_.get_executor(); }

    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token)
    {
        broken = broken || shut_down;
        return socket_.async_read_some(buffers, std::forward<Token>(token));
    }
    template <class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token)
    {
        broken = broken || shut_down;
        return socket_.async_write_some(buffers, std::forward<Token>(token));
    }
    template <class Token>
    auto async_shutdown(Token&& token)
    {
        shut_down = true;
        socket_.shutdown(local::socket::shutdown_send);
        return asio::post(get_executor(), asio::append(std::forward<Token>(token), error_code{}));
    }

    bool shut_down = false;
    bool broken = false; ///< used after it was told of the end

private:
    local::socket socket_;
};

} // namespace test

#endif

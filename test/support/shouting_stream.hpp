// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_SHOUTING_STREAM_HPP
#define KERNEL_COPY_TEST_SUPPORT_SHOUTING_STREAM_HPP

#include "copies.hpp"

#include <boost/asio/buffers_iterator.hpp>

#include <algorithm>

namespace test {

/// A user's stream: it has a socket inside, and what goes through its functions is changed on the way, so that
/// bypassing them would show.
class shouting_stream
{
public:
    using executor_type = asio::any_io_executor;
    using lowest_layer_type = local::socket::lowest_layer_type;

    explicit shouting_stream(local::socket& socket) : socket_{socket} {}
    executor_type get_executor() { return socket_.get_executor(); }
    lowest_layer_type& lowest_layer() { return socket_.lowest_layer(); }

    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token)
    {
        return asio::async_compose<Token, void(error_code, std::size_t)>(
            [this, buffers, started = false](auto& self, error_code error = {}, std::size_t n = 0) mutable {
                if (!std::exchange(started, true))
                    return socket_.async_read_some(asio::buffer(asio::mutable_buffer{buffers}, largest),
                                                   std::move(self));
                ++reads;
                auto* bytes = static_cast<char*>(asio::mutable_buffer{buffers}.data());
                std::transform(bytes, bytes + n, bytes, [](char c) { return static_cast<char>(c ^ 1); });
                self.complete(error, n);
            },
            token, socket_);
    }

    template <class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token)
    {
        ++writes;
        changed.assign(asio::buffers_begin(buffers), asio::buffers_end(buffers));
        changed.resize(std::min(changed.size(), largest));
        for (char& c : changed)
            c = static_cast<char>(c ^ 1);
        return socket_.async_write_some(asio::buffer(changed), std::forward<Token>(token));
    }

    std::size_t largest = 1000;
    std::size_t reads = 0;
    std::size_t writes = 0;
    std::string changed{};

private:
    local::socket& socket_;
};

inline std::string shout(std::string bytes)
{
    for (char& c : bytes)
        c = static_cast<char>(c ^ 1);
    return bytes;
}

} // namespace test

#endif

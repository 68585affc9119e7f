// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_STRESS_ENDS_HPP
#define KERNEL_COPY_TEST_STRESS_ENDS_HPP

#include "draw.hpp"

#include <kernel_copy/file.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <cerrno>
#include <cstddef>
#include <utility>
#include <variant>

namespace soak {

namespace asio = boost::asio;
using kernel_copy::error_code;
using socket = asio::generic::stream_protocol::socket;
using descriptor = asio::posix::stream_descriptor;

inline error_code system_error(int number)
{
    return {number, boost::system::system_category()};
}

inline bool is_want_of_descriptors(const error_code& error)
{
    return error == system_error(EMFILE) || error == system_error(ENFILE);
}

/// A user's own stream: its two functions and a half-close. It takes and gives at most so much at a time.
class own_stream
{
public:
    using executor_type = socket::executor_type;
    own_stream(socket s, std::size_t most) : socket_{std::move(s)}, most_{most} {}
    executor_type get_executor() { return socket_.get_executor(); }

    template <class Buffers, class Token>
    auto async_read_some(const Buffers& to, Token&& token)
    {
        return socket_.async_read_some(asio::buffer(asio::mutable_buffer{to}, most_), std::forward<Token>(token));
    }
    template <class Buffers, class Token>
    auto async_write_some(const Buffers& from, Token&& token)
    {
        return socket_.async_write_some(asio::buffer(asio::const_buffer{from}, most_), std::forward<Token>(token));
    }
    void shutdown(socket::shutdown_type what, error_code& error) { socket_.shutdown(what, error); }
    void close(error_code& error) { socket_.close(error); }

private:
    socket socket_;
    std::size_t most_;
};

/// What the library is given.
using end = std::variant<std::monostate, socket, own_stream, descriptor, kernel_copy::file>;

inline void close(end& which)
{
    std::visit(
        [](auto& e) {
            [[maybe_unused]] error_code ignored;
            if constexpr (requires { e.close(ignored); })
                e.close(ignored);
        },
        which);
}

/// Two connected sockets: of TCP, or of the Unix domain. With buffers of some size.
std::pair<socket, socket> connect(bool tcp, const asio::any_io_executor& one, const asio::any_io_executor& other,
                                  draw& d);
/// The end that is read, the end that is written.
std::pair<descriptor, descriptor> make_pipe(const asio::any_io_executor& one, const asio::any_io_executor& other,
                                            draw& d);

} // namespace soak

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_PEER_HPP
#define KERNEL_COPY_TEST_SUPPORT_PEER_HPP

#include "copies.hpp"
#include "endless.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <limits>

namespace test {

/// The other end of one of a relay's ends. It speaks known content, and checks that it hears known content.
class peer
{
public:
    static constexpr std::uint64_t all = std::numeric_limits<std::uint64_t>::max();

    /// What it says, and what it is to hear.
    peer(endless says, endless hears) : says_{says}, hears_{hears} {}
    peer(const peer&) = delete;
    peer& operator=(const peer&) = delete;
    virtual ~peer() = default;

    /// Writes so many bytes more, or until that fails.
    asio::awaitable<void> send(std::uint64_t n, std::uint64_t piece = 256 * 1024);
    /// Reads until it has heard so many bytes in all, or until the end.
    asio::awaitable<void> receive(std::uint64_t until = all);
    /// Sends, and then says that it has no more to say.
    asio::awaitable<void> send_all(std::uint64_t n, std::uint64_t piece = 256 * 1024);

    /// Half-closes.
    virtual void end() = 0;
    virtual asio::awaitable<void> finish();
    virtual void close() = 0;
    /// Closes so that the other side gets a reset.
    virtual void reset() = 0;

    std::uint64_t sent = 0;
    std::uint64_t received = 0;
    bool intact = true;
    bool saw_end = false;
    error_code write_error{};
    error_code read_error{};

protected:
    virtual asio::awaitable<std::size_t> read_some(asio::mutable_buffer to, error_code& error) = 0;
    virtual asio::awaitable<std::size_t> write_some(asio::const_buffer from, error_code& error) = 0;

private:
    endless says_;
    endless hears_;
};

/// One at a plain socket.
class socket_peer : public peer
{
public:
    using socket = asio::generic::stream_protocol::socket;
    socket_peer(socket s, endless says, endless hears) : peer{says, hears}, stream{std::move(s)} {}

    void end() override { stream.shutdown(socket::shutdown_send); }
    void close() override { stream.close(); }
    void reset() override
    {
        stream.set_option(socket::linger{true, 0});
        stream.close();
    }

    socket stream;

protected:
    asio::awaitable<std::size_t> read_some(asio::mutable_buffer to, error_code& error) override;
    asio::awaitable<std::size_t> write_some(asio::const_buffer from, error_code& error) override;
};

/// Runs a coroutine; what it throws comes out of the context's run().
template <class ContextOrExecutor>
void spawn(ContextOrExecutor&& where, asio::awaitable<void> what)
{
    asio::co_spawn(where, std::move(what), [](const std::exception_ptr& error) {
        if (error)
            std::rethrow_exception(error);
    });
}

} // namespace test

#endif

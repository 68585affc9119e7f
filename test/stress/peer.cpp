// Distributed under the Boost Software License, Version 1.0.
#include "peer.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <csignal>
#include <vector>

#include <unistd.h>

namespace soak {

namespace {

constexpr auto token = asio::as_tuple(asio::use_awaitable);
constexpr std::uint64_t most_pieces = 1500;
constexpr std::uint64_t pieces_a_turn = 32;

/// A peer's write to a pipe brings SIGPIPE about, which comes at once and in the same thread.
thread_local volatile std::sig_atomic_t peer_writes = 0;

} // namespace

void watch_for_sigpipe()
{
    struct sigaction how = {};
    how.sa_handler = [](int) {
        constexpr char words[] = "soak: fault: SIGPIPE of the library's own\n";
        if (peer_writes == 0 && ::write(STDERR_FILENO, words, sizeof words - 1) != 0)
            ::_exit(1);
    };
    ::sigaction(SIGPIPE, &how, nullptr);
}

manner draw_manner(draw& d, std::uint64_t says)
{
    manner m;
    m.says = says;
    m.largest_piece = std::max(d.any_size(1, 256 * 1024), says / most_pieces + 1);
    if (d.one_in(2))
    {
        m.pauses_one_in = d.between(1, 30);
        m.longest_pause = d.any_size(1, 4000);
    }
    return m;
}

std::size_t peer::write_some(asio::const_buffer from, error_code& error)
{
    peer_writes = 1;
    const std::size_t n = std::visit([&](auto& c) { return c.write_some(from, error); }, connection_);
    peer_writes = 0;
    return n;
}

std::size_t peer::read_some(asio::mutable_buffer to, error_code& error)
{
    return std::visit([&](auto& c) { return c.read_some(to, error); }, connection_);
}

asio::awaitable<void> peer::wait(descriptor::wait_type what, error_code& error)
{
    if (auto* const s = std::get_if<socket>(&connection_))
        std::tie(error) =
            co_await s->async_wait(what == descriptor::wait_read ? socket::wait_read : socket::wait_write, token);
    else
        std::tie(error) = co_await std::get<descriptor>(connection_).async_wait(what, token);
}

asio::awaitable<void> peer::pause(const manner& how, std::uint64_t piece, draw& d)
{
    if (how.pauses_one_in != 0 && d.one_in(how.pauses_one_in))
    {
        asio::steady_timer timer{strand(), std::chrono::microseconds{d.between(1, how.longest_pause)}};
        co_await timer.async_wait(token);
    }
    else if (piece % pieces_a_turn == 0)
        co_await asio::post(strand(), asio::use_awaitable);
}

void peer::close(bool reset)
{
    error_code ignored;
    if (auto* const s = std::get_if<socket>(&connection_))
    {
        if (reset)
            s->set_option(socket::linger{true, 0}, ignored);
        s->close(ignored);
    }
    else
        std::get<descriptor>(connection_).close(ignored);
}

void peer::end_speech(const manner& how)
{
    auto* const s = std::get_if<socket>(&connection_);
    if (error_code ignored; s != nullptr && how.ending == manner::half_closes)
        s->shutdown(socket::shutdown_send, ignored);
    else
        close(how.ending == manner::resets);
}

asio::awaitable<void> peer::speak(stream_content what, manner how, way& counts, draw d)
{
    error_code error;
    std::visit([&](auto& c) { c.non_blocking(true, error); }, connection_);
    std::uint64_t sent = 0;
    for (std::uint64_t piece = 1; sent != how.says && !error; ++piece)
    {
        const std::uint64_t most = std::min(how.says - sent, d.between(1, how.largest_piece));
        const std::string_view bytes = what.at(sent, most);
        const std::size_t n = write_some(asio::buffer(bytes), error);
        sent += n;
        counts.sent = sent;
        if (error == asio::error::would_block)
            co_await wait(descriptor::wait_write, error);
        else if (!error)
            co_await pause(how, piece, d);
    }
    if (error) // what it has not said is seen from the count
        co_return;
    while (how.ending == manner::stays && !dismissed_)
    {
        timer_.expires_at(asio::steady_timer::time_point::max());
        co_await timer_.async_wait(token);
    }
    end_speech(how);
}

asio::awaitable<void> peer::hear(stream_content what, manner how, way& counts, draw d)
{
    error_code error;
    std::visit([&](auto& c) { c.non_blocking(true, error); }, connection_);
    std::vector<char> space(static_cast<std::size_t>(how.largest_piece));
    std::uint64_t received = 0;
    for (std::uint64_t piece = 1; received < how.hears_until && !error; ++piece)
    {
        const std::uint64_t most = std::min(d.between(1, how.largest_piece), how.hears_until - received);
        const std::size_t n = read_some(asio::buffer(space, static_cast<std::size_t>(most)), error);
        if (!what.is(received, {space.data(), n}))
            fault(record_, "other bytes arrived than were sent, behind byte " + std::to_string(received));
        received += n;
        counts.received = received;
        if (error == asio::error::would_block)
            co_await wait(descriptor::wait_read, error);
        else if (!error)
            co_await pause(how, piece, d);
    }
    heard_end = error == asio::error::eof;
    if (received < how.hears_until)
        co_return;
    broke_off = true;
    close(how.hears_to_reset);
}

void peer::dismiss()
{
    dismissed_ = true;
    timer_.cancel();
}

} // namespace soak

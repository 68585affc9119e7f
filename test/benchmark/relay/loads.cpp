// Distributed under the Boost Software License, Version 1.0.
#include "loads.hpp"

#include "loopback.hpp"
#include "request.hpp"
#include "system.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <span>
#include <stdexcept>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace benchmark::relay {

namespace {

using clock = std::chrono::steady_clock;

/// Level-triggered; each descriptor with a number of the caller's.
class event_loop
{
public:
    event_loop() : epoll_{check(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")} {}
    event_loop(const event_loop&) = delete;
    event_loop& operator=(const event_loop&) = delete;
    ~event_loop() { ::close(epoll_); }

    void add(int descriptor, std::uint32_t events, std::size_t number)
    {
        epoll_event interest{};
        interest.events = events;
        interest.data.u64 = number;
        check(::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &interest), "epoll_ctl");
    }
    void remove(int descriptor) { check(::epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr), "epoll_ctl"); }

    std::span<const epoll_event> wait()
    {
        constexpr int longest_silence_milliseconds = 20'000;
        const int n =
            ::epoll_wait(epoll_, events_.data(), static_cast<int>(events_.size()), longest_silence_milliseconds);
        if (n < 0 && errno != EINTR)
            fail("epoll_wait");
        if (n == 0)
            throw std::runtime_error{"the relay has stalled"};
        return {events_.data(), static_cast<std::size_t>(std::max(n, 0))};
    }

private:
    int epoll_;
    std::array<epoll_event, 128> events_{};
};

/// Without waiting.
std::size_t receive_some(int socket, char* to, std::size_t length)
{
    const ssize_t n = check_transfer(::recv(socket, to, length, MSG_DONTWAIT), "recv");
    if (n == 0)
        throw std::runtime_error{"a connection ended early"};
    return n == would_block ? 0 : static_cast<std::size_t>(n);
}

} // namespace

void stream(const std::vector<int>& connections, std::uint64_t bytes_each, std::uint64_t message)
{
    const std::vector<char> block(message, 'x');
    const std::uint64_t writes_a_wake_up = std::max<std::uint64_t>(1, 64 * kib / message);
    std::vector<std::uint64_t> left(connections.size(), bytes_each);
    event_loop loop;
    for (std::size_t i = 0; i != connections.size(); ++i)
        loop.add(connections[i], EPOLLOUT, i);
    for (std::size_t open = connections.size(); open != 0;)
        for (const epoll_event& event : loop.wait())
        {
            const std::size_t i = event.data.u64;
            for (std::uint64_t writes = 0; writes != writes_a_wake_up && left[i] != 0; ++writes)
            {
                const ssize_t n =
                    check_transfer(::send(connections[i], block.data(), std::min<std::uint64_t>(message, left[i]),
                                          MSG_DONTWAIT | MSG_NOSIGNAL),
                                   "send");
                if (n == would_block)
                    break;
                left[i] -= static_cast<std::uint64_t>(n);
            }
            if (left[i] == 0)
            {
                loop.remove(connections[i]);
                --open;
            }
        }
    for (const int connection : connections)
    {
        std::uint64_t answer{};
        receive_all(connection, reinterpret_cast<char*>(&answer), sizeof answer);
    }
}

std::vector<double> ping_pong(const std::vector<int>& connections, std::uint64_t message, std::uint64_t round_trips)
{
    std::vector<char> block(message, 'x');
    std::vector<double> took;
    took.reserve(round_trips);
    std::vector<clock::time_point> began(connections.size());
    const auto send = [&](std::size_t i) {
        began[i] = clock::now();
        send_all(connections[i], block.data(), block.size());
    };
    const auto arrived = [&](std::size_t i) {
        took.push_back(std::chrono::duration<double>(clock::now() - began[i]).count());
    };
    if (connections.size() == 1) // nothing to choose from
    {
        while (took.size() != round_trips)
        {
            send(0);
            receive_all(connections[0], block.data(), block.size());
            arrived(0);
        }
        return took;
    }
    event_loop loop;
    std::vector<std::uint64_t> missing(connections.size(), message);
    std::uint64_t sent = 0;
    for (std::size_t i = 0; i != connections.size() && sent != round_trips; ++i, ++sent)
    {
        loop.add(connections[i], EPOLLIN, i);
        send(i);
    }
    while (took.size() != round_trips)
        for (const epoll_event& event : loop.wait())
        {
            const std::size_t i = event.data.u64;
            missing[i] -= receive_some(connections[i], block.data(), missing[i]);
            if (missing[i] != 0)
                continue;
            arrived(i);
            missing[i] = message;
            if (sent != round_trips)
            {
                send(i);
                ++sent;
            }
        }
    return took;
}

void short_connections(std::uint16_t port, std::uint64_t message, std::uint64_t amount, unsigned at_once)
{
    const request asked{.greeting = 0, .in = message - sizeof(request), .out = message, .farewell = 0};
    std::vector<char> first(message, 'x');
    std::memcpy(first.data(), &asked, sizeof asked);
    std::vector<char> answer(message);
    struct line
    {
        int socket;
        std::uint64_t missing;
    };
    std::vector<line> lines(at_once);
    event_loop loop;
    std::uint64_t begun = 0;
    const auto begin = [&](std::size_t i) {
        lines[i] = {connect_to_loopback(port), message};
        send_all(lines[i].socket, first.data(), first.size());
        loop.add(lines[i].socket, EPOLLIN, i);
        ++begun;
    };
    for (std::size_t i = 0; i != at_once && begun != amount; ++i)
        begin(i);
    for (std::uint64_t ended = 0; ended != amount;)
        for (const epoll_event& event : loop.wait())
        {
            const std::size_t i = event.data.u64;
            line& at = lines[i];
            if (at.missing != 0)
            {
                at.missing -= receive_some(at.socket, answer.data(), at.missing);
                if (at.missing == 0)
                    check(::shutdown(at.socket, SHUT_WR), "shutdown");
                continue;
            }
            if (check(::recv(at.socket, answer.data(), answer.size(), 0), "recv") != 0)
                throw std::runtime_error{"the client got bytes that nobody has sent"};
            ::close(at.socket);
            ++ended;
            if (begun != amount)
                begin(i);
        }
}

} // namespace benchmark::relay

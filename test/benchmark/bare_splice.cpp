// Distributed under the Boost Software License, Version 1.0.
#include "contender.hpp"
#include "system.hpp"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

namespace benchmark {

namespace {

ssize_t splice(int from, int to, std::uint64_t length)
{
    return check_transfer(::splice(from, nullptr, to, nullptr, length, SPLICE_F_NONBLOCK), "splice");
}

class relay_line
{
public:
    enum class state
    {
        ready,
        wants_source,
        wants_sink,
        over
    };

    relay_line(const ends& connection, std::size_t capacity) : ends_{connection}
    {
        make_non_blocking(ends_.source);
        make_non_blocking(ends_.sink);
        check(::pipe2(pipe_.data(), O_CLOEXEC | O_NONBLOCK), "pipe2");
        if (capacity != 0)
            check(::fcntl(pipe_[1], F_SETPIPE_SZ, static_cast<int>(capacity)), "F_SETPIPE_SZ");
    }

    /// One fill and its drain.
    state turn(std::uint64_t length)
    {
        if (in_pipe_ == 0)
        {
            const ssize_t filled = splice(ends_.source, pipe_[1], length);
            if (filled == would_block)
                return state::wants_source;
            if (filled == 0)
                return state::over;
            in_pipe_ = static_cast<std::uint64_t>(filled);
        }
        while (in_pipe_ != 0)
        {
            const ssize_t drained = splice(pipe_[0], ends_.sink, in_pipe_);
            if (drained == would_block)
                return state::wants_sink;
            in_pipe_ -= static_cast<std::uint64_t>(drained);
        }
        return state::ready;
    }

    state now = state::ready;

private:
    ends ends_;
    std::array<int, 2> pipe_{};
    std::uint64_t in_pipe_ = 0;
};

using state = relay_line::state;

/// One connection, level-triggered, never probing for EAGAIN at the source.
call_counts relay_one(const task& to_do, std::uint64_t length, std::size_t capacity)
{
    const ends& connection = to_do.connections.front();
    relay_line line{connection, capacity};
    const watch readable{connection.source, EPOLLIN};
    const watch writable{connection.sink, EPOLLOUT};
    while (line.now != state::over)
    {
        if (line.now == state::wants_sink)
            writable.wait();
        else
            readable.wait();
        line.now = line.turn(length);
    }
    return {};
}

/// Any number of connections, edge-triggered: each descriptor is registered once.
call_counts relay_many(const task& to_do, std::uint64_t length, std::size_t capacity)
{
    const int epoll = check(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    std::vector<relay_line> lines;
    for (std::uint64_t i = 0; i != to_do.connections.size(); ++i)
    {
        const ends& connection = to_do.connections[i];
        lines.emplace_back(connection, capacity);
        epoll_event interest{};
        interest.data.u64 = i * 2;
        interest.events = EPOLLIN | EPOLLET;
        check(::epoll_ctl(epoll, EPOLL_CTL_ADD, connection.source, &interest), "epoll_ctl");
        interest.data.u64 = i * 2 + 1;
        interest.events = EPOLLOUT | EPOLLET;
        check(::epoll_ctl(epoll, EPOLL_CTL_ADD, connection.sink, &interest), "epoll_ctl");
    }
    for (std::size_t open = lines.size(), ready = open; open != 0;)
    {
        // With one connection there is nobody to be fair to.
        if (ready == 0 || lines.size() > 1)
        {
            std::array<epoll_event, 64> events{};
            const int n = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), ready == 0 ? -1 : 0);
            if (n < 0 && errno != EINTR)
                fail("epoll_wait");
            for (int i = 0; i < n; ++i)
            {
                const std::uint64_t which = events[static_cast<std::size_t>(i)].data.u64;
                relay_line& line = lines[which / 2];
                if (line.now == (which % 2 == 0 ? state::wants_source : state::wants_sink))
                    line.now = state::ready;
            }
        }
        open = ready = 0;
        for (relay_line& line : lines)
        {
            if (line.now == state::ready)
                line.now = line.turn(length);
            open += line.now != state::over ? 1u : 0u;
            ready += line.now == state::ready ? 1u : 0u;
        }
    }
    return {};
}

/// A pipe to a socket.
call_counts drain(const task& to_do, std::uint64_t length, bool probing)
{
    const ends& connection = to_do.connections.front();
    make_non_blocking(connection.source);
    make_non_blocking(connection.sink);
    const watch readable{connection.source, EPOLLIN};
    const watch writable{connection.sink, EPOLLOUT};
    if (!probing)
        readable.wait();
    for (;;)
    {
        const ssize_t moved = splice(connection.source, connection.sink, length);
        if (moved == 0)
            return {};
        if (moved == would_block)
            writable.wait();
        if (moved == would_block || !probing)
            readable.wait();
    }
}

} // namespace

void add_bare_relay(std::vector<contender>& to, unsigned connections)
{
    for (const std::size_t capacity : {std::size_t{0}, std::size_t{mib}})
        for (const std::uint64_t length : {64 * kib, 256 * kib, mib})
        {
            const std::string name =
                "bare C splice " + in_units(length) + ", pipe " + (capacity == 0 ? "default" : in_units(capacity));
            if (connections == 1)
                to.push_back({name + ", 1 a wake-up", family::bare_c,
                              [=](const task& t) { return relay_one(t, length, capacity); }});
            to.push_back({name + ", until EAGAIN", family::bare_c,
                          [=](const task& t) { return relay_many(t, length, capacity); }});
        }
}

void add_bare_pipe(std::vector<contender>& to)
{
    for (const std::uint64_t length : {64 * kib, mib})
        for (const bool probing : {false, true})
            to.push_back({"bare C splice " + in_units(length) + (probing ? ", until EAGAIN" : ", 1 a wake-up"),
                          family::bare_c, [=](const task& t) { return drain(t, length, probing); }});
}

} // namespace benchmark

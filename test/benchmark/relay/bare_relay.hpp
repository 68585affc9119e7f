// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_RELAY_BARE_RELAY_HPP
#define KERNEL_COPY_TEST_BENCHMARK_RELAY_BARE_RELAY_HPP

#include "built_in.hpp"
#include "loopback.hpp"
#include "system.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <memory>
#include <utility>
#include <vector>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace benchmark::relay {

/// What every direction of a bare relay knows.
struct bare_direction
{
    int source = -1;
    int sink = -1;
    bool source_ready = false;
    bool sink_ready = false;
    bool hung_up = false; ///< the source has ended, and what it has sent may not have been read yet
    bool over = false;    ///< its end has been passed on
};

enum class turn
{
    waits,   ///< for whatever is not ready
    goes_on, ///< the budget is used up
    ended,
    failed
};

/// Bytes that a direction moves before others get their turn.
inline constexpr std::uint64_t turn_budget = 1024 * 1024;

/// An epoll server on one thread. A direction moves bytes by `turn run(Shared&)`, and says by `bool in_flight()`
/// whether it holds some.
///
/// Edge-triggered, each socket is registered once, and its flags remember what is ready. Level-triggered, the
/// interest follows what a direction waits for.
template <class Direction, class Shared>
class bare_relay
{
public:
    bare_relay(int listener, std::uint16_t upstream_port, Shared& shared, rhythm how)
        : listener_{listener}, upstream_port_{upstream_port}, shared_{shared}, how_{how},
          epoll_{check(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")}
    {
        ::signal(SIGPIPE, SIG_IGN);
        make_non_blocking(listener_);
        epoll_event interest{};
        interest.events = EPOLLIN;
        check(::epoll_ctl(epoll_, EPOLL_CTL_ADD, listener_, &interest), "epoll_ctl");
    }

    [[noreturn]] void serve()
    {
        for (std::array<epoll_event, 256> events{};;)
        {
            const int n = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), again_.empty() ? -1 : 0);
            if (n < 0 && errno != EINTR)
                fail("epoll_wait");
            now_.swap(again_);
            for (line* const l : now_)
            {
                l->queued = false;
                run(*l);
            }
            now_.clear();
            for (int i = 0; i < n; ++i)
                handle(events[static_cast<std::size_t>(i)]);
            closed_.clear(); // no event of this batch refers to them any more
        }
    }

private:
    struct line;

    struct side
    {
        line* owner;
        int descriptor;
        std::uint32_t interest;
    };

    struct line
    {
        std::array<side, 2> sides;           ///< client, upstream
        std::array<Direction, 2> directions; ///< the one at i has sides[i] as its source
        bool queued = false;
        bool closed = false;
    };

    void handle(const epoll_event& event)
    {
        if (event.data.ptr == nullptr)
            return accept();
        side& at = *static_cast<side*>(event.data.ptr);
        line& l = *at.owner;
        if (l.closed)
            return;
        const std::size_t i = &at == &l.sides[0] ? 0 : 1;
        Direction& from = l.directions[i];
        const bool lost = (event.events & (EPOLLHUP | EPOLLERR)) != 0;
        from.source_ready = from.source_ready || lost || (event.events & (EPOLLIN | EPOLLRDHUP)) != 0;
        from.hung_up = from.hung_up || lost || (event.events & EPOLLRDHUP) != 0;
        Direction& to = l.directions[1 - i];
        to.sink_ready = to.sink_ready || lost || (event.events & EPOLLOUT) != 0;
        run(l);
    }

    void accept()
    {
        for (int client; (client = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;)
        {
            set_no_delay(client);
            const int upstream = begin_to_connect(upstream_port_);
            auto* const l = new line{};
            l->sides = {side{l, client, 0}, side{l, upstream, 0}};
            l->directions[0].source = l->directions[1].sink = client;
            l->directions[1].source = l->directions[0].sink = upstream;
            if (how_ == rhythm::one_a_wake_up)
                l->directions[1].sink_ready = true; // a new connection can be written to
            for (std::size_t i = 0; i != 2; ++i)
                update_interest(*l, i);
        }
        if (errno != EAGAIN)
            fail("accept4");
    }

    void run(line& l)
    {
        for (Direction& d : l.directions)
            if (!d.over)
                switch (d.run(shared_))
                {
                case turn::waits:
                case turn::ended:
                    break;
                case turn::goes_on:
                    if (!std::exchange(l.queued, true))
                        again_.push_back(&l);
                    break;
                case turn::failed:
                    return close(l, true);
                }
        if (l.directions[0].over && l.directions[1].over)
            return close(l, false);
        if (how_ == rhythm::one_a_wake_up)
            for (std::size_t i = 0; i != 2; ++i)
                update_interest(l, i);
    }

    [[nodiscard]] std::uint32_t wanted(const line& l, std::size_t i) const
    {
        if (how_ == rhythm::until_not_ready)
            return EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
        const Direction& from = l.directions[i];
        const Direction& to = l.directions[1 - i];
        return (!from.over && !from.in_flight() && from.sink_ready ? std::uint32_t{EPOLLIN} : 0) |
               (!to.over && !to.sink_ready ? std::uint32_t{EPOLLOUT} : 0);
    }

    void update_interest(line& l, std::size_t i)
    {
        side& s = l.sides[i];
        epoll_event interest{};
        interest.events = wanted(l, i);
        interest.data.ptr = &s;
        if (interest.events == s.interest)
            return;
        // Even with nothing wanted a registered socket reports that it is lost, again and again.
        const int operation = s.interest == 0 ? EPOLL_CTL_ADD : interest.events == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;
        check(::epoll_ctl(epoll_, operation, s.descriptor, &interest), "epoll_ctl");
        s.interest = interest.events;
    }

    void close(line& l, bool by_reset)
    {
        l.closed = true;
        if (std::exchange(l.queued, false))
            std::erase(again_, &l);
        for (const side& s : l.sides)
        {
            if (by_reset)
                set_reset_on_close(s.descriptor);
            ::close(s.descriptor);
        }
        closed_.emplace_back(&l);
    }

    int listener_;
    std::uint16_t upstream_port_;
    Shared& shared_;
    rhythm how_;
    int epoll_;
    std::vector<line*> again_; ///< whose budget was used up
    std::vector<line*> now_;
    std::vector<std::unique_ptr<line>> closed_;
};

} // namespace benchmark::relay

#endif

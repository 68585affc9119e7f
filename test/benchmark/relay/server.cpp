// Distributed under the Boost Software License, Version 1.0.
#include "server.hpp"

#include "loopback.hpp"
#include "request.hpp"
#include "system.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <vector>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace benchmark::relay {

namespace {

void watch_for(int epoll, int operation, int descriptor, std::uint32_t events, void* who)
{
    epoll_event interest{};
    interest.events = events;
    interest.data.ptr = who;
    check(::epoll_ctl(epoll, operation, descriptor, &interest), "epoll_ctl");
}

class session
{
public:
    session(int epoll, int socket) : epoll_{epoll}, socket_{socket}
    {
        watch_for(epoll_, EPOLL_CTL_ADD, socket_, EPOLLIN, this);
    }
    session(const session&) = delete;
    session& operator=(const session&) = delete;
    ~session() { ::close(socket_); }

    /// Gives the number of bytes received.
    std::size_t proceed(std::vector<char>& scratch)
    {
        if (to_send_ != 0)
        {
            send();
            return 0;
        }
        const ssize_t n = ::recv(socket_, scratch.data(), scratch.size(), 0);
        if (n < 0 && errno == EAGAIN)
            return 0;
        if (n < 0 && errno != ECONNRESET)
            fail("recv");
        if (n <= 0)
        {
            end(n == 0);
            return 0;
        }
        take(scratch.data(), static_cast<std::size_t>(n));
        return static_cast<std::size_t>(n);
    }

    [[nodiscard]] bool over() const { return over_; }

private:
    void take(const char* from, std::size_t n)
    {
        if (asked_ < sizeof request_)
        {
            const std::size_t part = std::min(n, sizeof request_ - asked_);
            std::memcpy(reinterpret_cast<char*>(&request_) + asked_, from, part);
            asked_ += part;
            n -= part;
            if (asked_ < sizeof request_)
                return;
            missing_ = request_.in;
            to_send_ = request_.greeting;
        }
        if (n > missing_)
            throw std::runtime_error{"the server got bytes that nobody has sent"};
        missing_ -= n;
        if (missing_ == 0)
        {
            missing_ = request_.in;
            to_send_ += request_.out;
        }
        send();
    }

    void send()
    {
        static const std::vector<char> block(mib, 'x');
        while (to_send_ != 0)
        {
            const ssize_t n = check_transfer(
                ::send(socket_, block.data(), std::min<std::uint64_t>(to_send_, block.size()), MSG_NOSIGNAL), "send");
            if (n == would_block)
                break;
            to_send_ -= static_cast<std::uint64_t>(n);
        }
        const std::uint32_t interest = to_send_ == 0 ? EPOLLIN : EPOLLOUT;
        if (interest != interest_)
            watch_for(epoll_, EPOLL_CTL_MOD, socket_, interest, this);
        interest_ = interest;
    }

    void end(bool in_order)
    {
        // Before its first byte a connection may be given up: by a relay that has lost its client.
        if (asked_ != 0 && (asked_ < sizeof request_ || missing_ != request_.in))
            throw std::runtime_error{"the server has lost a connection before all bytes were there"};
        if (in_order && asked_ != 0 && request_.farewell != 0)
        {
            const std::vector<char> block(request_.farewell, 'x');
            check(::send(socket_, block.data(), block.size(), MSG_NOSIGNAL), "send");
        }
        over_ = true;
    }

    int epoll_;
    int socket_;
    request request_{};
    std::size_t asked_ = 0; ///< bytes of the request that are there
    std::uint64_t missing_ = 0;
    std::uint64_t to_send_ = 0;
    std::uint32_t interest_ = EPOLLIN;
    bool over_ = false;
};

} // namespace

std::uint64_t serve_requests(int listener, int stop)
{
    const int epoll = check(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    watch_for(epoll, EPOLL_CTL_ADD, listener, EPOLLIN, nullptr);
    watch_for(epoll, EPOLL_CTL_ADD, stop, EPOLLIN, &stop);
    std::vector<char> scratch(256 * kib);
    std::uint64_t received = 0;
    for (std::array<epoll_event, 256> events{};;)
    {
        const int n = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
        if (n < 0 && errno != EINTR)
            fail("epoll_wait");
        for (int i = 0; i < n; ++i)
        {
            void* const who = events[static_cast<std::size_t>(i)].data.ptr;
            if (who == &stop)
                return received;
            if (who == nullptr)
            {
                const int socket =
                    check(::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC), "accept4");
                set_no_delay(socket);
                new session{epoll, socket};
                continue;
            }
            const auto at = static_cast<session*>(who); // one event of each in a batch
            received += at->proceed(scratch);
            if (at->over())
                delete at;
        }
    }
}

} // namespace benchmark::relay

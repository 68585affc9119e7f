// Distributed under the Boost Software License, Version 1.0.
#include "streams.hpp"

#include "system.hpp"

#include <algorithm>
#include <stdexcept>

#include <poll.h>
#include <sys/socket.h>

namespace benchmark::files {

streams::streams(std::uint16_t port, std::uint32_t first, unsigned count, std::uint64_t length)
    : to_{port, count}, missing_{count * length}
{
    for (const int socket : to_.sockets())
        ask(socket, {first++, 0, 0, length});
    thread_ = std::thread{[this] {
        try
        {
            receive();
        }
        catch (...)
        {
            failure_ = std::current_exception();
        }
    }};
}

streams::~streams()
{
    stopped_ = true;
    if (thread_.joinable())
        thread_.join();
}

double streams::stop()
{
    stopped_ = true;
    thread_.join();
    if (failure_)
        std::rethrow_exception(failure_);
    return static_cast<double>(received_) / seconds_;
}

void streams::receive()
{
    std::vector<char> buffer(256 * kib);
    std::vector<pollfd> readable;
    for (const int socket : to_.sockets())
        readable.push_back({.fd = socket, .events = POLLIN, .revents = 0});
    const auto began = std::chrono::steady_clock::now();
    while (!stopped_ && missing_ != 0)
    {
        constexpr int until_next_look_ms = 10;
        check(::poll(readable.data(), readable.size(), until_next_look_ms), "poll");
        for (const pollfd& p : readable)
            if (p.revents != 0)
            {
                const auto n =
                    static_cast<std::uint64_t>(check(::recv(p.fd, buffer.data(), buffer.size(), MSG_DONTWAIT), "recv"));
                if (n == 0)
                    throw std::runtime_error{"the server has closed a connection"};
                received_ += n;
                missing_ -= n;
            }
        seconds_ = std::chrono::duration<double>{std::chrono::steady_clock::now() - began}.count();
    }
}

} // namespace benchmark::files

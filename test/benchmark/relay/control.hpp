// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_RELAY_CONTROL_HPP
#define KERNEL_COPY_TEST_BENCHMARK_RELAY_CONTROL_HPP

#include "system.hpp"

#include <chrono>
#include <stdexcept>
#include <type_traits>

#include <poll.h>
#include <sys/socket.h>

namespace benchmark::relay {

/// Messages between the process that measures and one that it measures with, over a socket of
/// SOCK_SEQPACKET.
template <class Message>
void tell(int control, const Message& message)
{
    static_assert(std::is_trivially_copyable_v<Message>);
    check(::send(control, &message, sizeof message, MSG_NOSIGNAL), "send");
}

/// Throws if the other process has ended, or says nothing for so long.
template <class Message>
Message hear(int control, std::chrono::milliseconds patience)
{
    static_assert(std::is_trivially_copyable_v<Message>);
    pollfd readable{.fd = control, .events = POLLIN, .revents = 0};
    if (check(::poll(&readable, 1, static_cast<int>(patience.count())), "poll") == 0)
        throw std::runtime_error{"it takes too long"};
    Message result{};
    if (::recv(control, &result, sizeof result, 0) != static_cast<ssize_t>(sizeof result))
        throw std::runtime_error{"a process has failed"};
    return result;
}

/// What the client says when all connections are there, and when the load is over.
struct ready
{
    char unused;
};
/// What it waits for: before the load, and before it closes its connections.
struct go
{
    char unused;
};
struct load_result
{
    double p50_seconds; ///< latency; 0 where it says nothing
    double p99_seconds;
    std::uint64_t bytes_sent; ///< all that the client ever sent
};

} // namespace benchmark::relay

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_LOOPBACK_HPP
#define KERNEL_COPY_TEST_BENCHMARK_LOOPBACK_HPP

#include <cstddef>
#include <cstdint>

namespace benchmark {

/// A TCP socket that listens at 127.0.0.1.
struct listener
{
    int descriptor;
    std::uint16_t port;
};

/// At a free port if none is given.
listener listen_on_loopback(std::uint16_t port = 0);
/// For a program that takes no descriptor: nobody had it a moment ago.
std::uint16_t likely_free_port();

/// A blocking connection without Nagle's delay; -1 with errno if it is refused.
int try_to_connect(std::uint16_t port);
int connect_to_loopback(std::uint16_t port);
/// A non-blocking one, which may still be on its way.
int begin_to_connect(std::uint16_t port);

void set_no_delay(int socket);
/// Reno is on every Linux, and paces nothing: what a system prefers may (BBR), and then the rhythm of a connection over
/// loopback, and with it the CPU time, is another each time. Accepted connections have what their listener has.
void set_reno(int socket);
/// Closing it sends a reset: what was cut short must not look like an end.
void set_reset_on_close(int socket);

/// On blocking sockets. Neither lets a silent peer block it for more than some seconds.
void send_all(int socket, const char* from, std::size_t length);
void receive_all(int socket, char* to, std::size_t length);

} // namespace benchmark

#endif

// Distributed under the Boost Software License, Version 1.0.
#include "loopback.hpp"

#include "system.hpp"

#include <cerrno>
#include <stdexcept>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace benchmark {

namespace {

constexpr socklen_t address_length = sizeof(sockaddr_in);

sockaddr_in at(std::uint16_t port)
{
    sockaddr_in result{};
    result.sin_family = AF_INET;
    result.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    result.sin_port = htons(port);
    return result;
}

sockaddr* generic(sockaddr_in& address)
{
    return reinterpret_cast<sockaddr*>(&address);
}

template <class Value>
void set(int socket, int level, int option, const Value& value, const char* what)
{
    check(::setsockopt(socket, level, option, &value, sizeof value), what);
}

int stream_socket(int flags = 0)
{
    return check(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0), "socket");
}

} // namespace

listener listen_on_loopback(std::uint16_t port)
{
    constexpr int backlog = 4096;
    const int socket = stream_socket();
    set(socket, SOL_SOCKET, SO_REUSEADDR, 1, "SO_REUSEADDR");
    sockaddr_in address = at(port);
    socklen_t length = address_length;
    check(::bind(socket, generic(address), length), "bind");
    check(::listen(socket, backlog), "listen");
    check(::getsockname(socket, generic(address), &length), "getsockname");
    return {socket, ntohs(address.sin_port)};
}

std::uint16_t likely_free_port()
{
    const listener found = listen_on_loopback();
    ::close(found.descriptor);
    return found.port;
}

int try_to_connect(std::uint16_t port)
{
    const int socket = stream_socket();
    sockaddr_in address = at(port);
    if (::connect(socket, generic(address), address_length) != 0)
    {
        const int error = errno;
        ::close(socket);
        errno = error;
        return -1;
    }
    set_no_delay(socket);
    constexpr timeval longest_silence{.tv_sec = 20, .tv_usec = 0};
    set(socket, SOL_SOCKET, SO_RCVTIMEO, longest_silence, "SO_RCVTIMEO");
    set(socket, SOL_SOCKET, SO_SNDTIMEO, longest_silence, "SO_SNDTIMEO");
    return socket;
}

int connect_to_loopback(std::uint16_t port)
{
    return check(try_to_connect(port), "connect");
}

int begin_to_connect(std::uint16_t port)
{
    const int socket = stream_socket(SOCK_NONBLOCK);
    sockaddr_in address = at(port);
    if (::connect(socket, generic(address), address_length) != 0 && errno != EINPROGRESS)
        fail("connect");
    set_no_delay(socket);
    return socket;
}

void set_no_delay(int socket)
{
    set(socket, IPPROTO_TCP, TCP_NODELAY, 1, "TCP_NODELAY");
}

void set_reno(int socket)
{
    constexpr char name[] = "reno";
    check(::setsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, name, sizeof name - 1), "TCP_CONGESTION");
}

void set_reset_on_close(int socket)
{
    set(socket, SOL_SOCKET, SO_LINGER, linger{.l_onoff = 1, .l_linger = 0}, "SO_LINGER");
}

void send_all(int socket, const char* from, std::size_t length)
{
    while (length != 0)
    {
        const auto n = static_cast<std::size_t>(check(::send(socket, from, length, MSG_NOSIGNAL), "send"));
        from += n;
        length -= n;
    }
}

void receive_all(int socket, char* to, std::size_t length)
{
    while (length != 0)
    {
        const auto n = static_cast<std::size_t>(check(::recv(socket, to, length, 0), "recv"));
        if (n == 0)
            throw std::runtime_error{"a connection ended early"};
        to += n;
        length -= n;
    }
}

} // namespace benchmark

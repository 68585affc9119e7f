// Distributed under the Boost Software License, Version 1.0.
#include "peers.hpp"

#include "contender.hpp"

#include <algorithm>
#include <vector>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace benchmark {

descriptor_pair connected_pair()
{
    const int listener = check(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    check(::bind(listener, generic, length), "bind");
    check(::listen(listener, 1), "listen");
    check(::getsockname(listener, generic, &length), "getsockname");
    const int near = check(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    check(::connect(near, generic, length), "connect");
    const int far = check(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC), "accept4");
    ::close(listener);
    const int on = 1;
    for (const int end : {near, far})
        check(::setsockopt(end, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), "TCP_NODELAY");
    return {near, far};
}

std::uint64_t produce(int to, std::uint64_t bytes)
{
    const std::vector<char> block(64 * kib, 'x');
    std::uint64_t done = 0;
    while (done < bytes)
        done += static_cast<std::uint64_t>(
            check(::write(to, block.data(), std::min<std::uint64_t>(block.size(), bytes - done)), "write"));
    return done;
}

std::uint64_t receive_all(int from, bool discard)
{
    std::vector<char> block(256 * kib);
    std::uint64_t done = 0;
    while (const ssize_t n = check(::recv(from, block.data(), block.size(), discard ? MSG_TRUNC : 0), "recv"))
        done += static_cast<std::uint64_t>(n);
    return done;
}

} // namespace benchmark

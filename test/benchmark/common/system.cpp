// Distributed under the Boost Software License, Version 1.0.
#include "system.hpp"

#include <cerrno>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

namespace benchmark {

void fail(const char* what)
{
    throw std::system_error{errno, std::system_category(), what};
}

ssize_t check_transfer(ssize_t result, const char* what)
{
    if (result < 0 && errno != EAGAIN)
        fail(what);
    return result < 0 ? would_block : result;
}

void make_non_blocking(int descriptor)
{
    const int flags = check(::fcntl(descriptor, F_GETFL), "fcntl");
    check(::fcntl(descriptor, F_SETFL, flags | O_NONBLOCK), "fcntl");
}

std::string in_units(std::uint64_t bytes)
{
    if (bytes != 0 && bytes % gib == 0)
        return std::to_string(bytes / gib) + "G";
    if (bytes != 0 && bytes % mib == 0)
        return std::to_string(bytes / mib) + "M";
    return bytes % kib == 0 ? std::to_string(bytes / kib) + "K" : std::to_string(bytes);
}

std::uint64_t from_units(const std::string& text)
{
    std::size_t used = 0;
    const std::uint64_t number = std::stoull(text, &used);
    const std::string unit = text.substr(used);
    if (unit.empty())
        return number;
    if (unit == "K")
        return number * kib;
    if (unit == "M")
        return number * mib;
    if (unit == "G")
        return number * gib;
    throw std::invalid_argument{"not a number of bytes: " + text};
}

watch::watch(int descriptor, std::uint32_t events) : epoll_{check(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")}
{
    epoll_event interest{};
    interest.events = events;
    check(::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &interest), "epoll_ctl");
}

watch::~watch()
{
    ::close(epoll_);
}

void watch::wait() const
{
    epoll_event happened;
    while (::epoll_wait(epoll_, &happened, 1, -1) < 0)
        if (errno != EINTR)
            fail("epoll_wait");
}

} // namespace benchmark

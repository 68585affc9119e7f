// Distributed under the Boost Software License, Version 1.0.
#include "client.hpp"

#include "loopback.hpp"
#include "system.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <stdexcept>

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace benchmark::files {

namespace {

using clock = std::chrono::steady_clock;

std::vector<char>& scratch()
{
    static std::vector<char> buffer(256 * kib);
    return buffer;
}

/// One loop of several.
class loop
{
public:
    explicit loop(int socket) : socket_{socket} {}

    [[nodiscard]] int socket() const { return socket_; }

    void begin(const request& for_what)
    {
        missing_ = for_what.header + for_what.length;
        began_ = clock::now();
        ask(socket_, for_what);
    }

    /// Receives once. True at the end of the answer.
    bool receive()
    {
        const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(scratch().size(), missing_));
        const auto n = static_cast<std::uint64_t>(check(::recv(socket_, scratch().data(), most, 0), "recv"));
        if (n == 0)
            throw std::runtime_error{"the server has closed a connection"};
        missing_ -= n;
        return missing_ == 0;
    }

    [[nodiscard]] double seconds() const { return std::chrono::duration<double>{clock::now() - began_}.count(); }

private:
    int socket_;
    std::uint64_t missing_ = 0;
    clock::time_point began_;
};

std::vector<double> run_one(int socket, range_sequence& ranges, std::uint64_t transfers)
{
    std::vector<double> seconds;
    seconds.reserve(transfers);
    loop l{socket};
    for (std::uint64_t i = 0; i != transfers; ++i)
    {
        l.begin(ranges.next());
        while (!l.receive())
            ;
        seconds.push_back(l.seconds());
    }
    return seconds;
}

} // namespace

connections::connections(std::uint16_t port, unsigned count)
{
    for (unsigned i = 0; i != count; ++i)
        sockets_.push_back(connect_to_loopback(port));
}

connections::~connections()
{
    for (const int socket : sockets_)
        ::close(socket);
}

void ask(int socket, const request& for_what)
{
    send_all(socket, reinterpret_cast<const char*>(&for_what), sizeof for_what);
}

void check_answer(int socket, const request& for_what, const std::string& file)
{
    ask(socket, for_what);
    std::vector<char> received(for_what.header + for_what.length);
    receive_all(socket, received.data(), received.size());
    std::vector<char> expected(received.size(), 'h');
    const int source = check(::open(file.c_str(), O_RDONLY | O_CLOEXEC), file.c_str());
    const ssize_t n =
        ::pread(source, expected.data() + for_what.header, for_what.length, static_cast<off_t>(for_what.offset));
    ::close(source);
    if (n != static_cast<ssize_t>(for_what.length) || received != expected)
        throw std::runtime_error{"the server sends something else than the file"};
}

range_sequence::range_sequence(std::uint64_t length, std::uint32_t header, std::uint64_t file_size)
    : at_{0, header, 0, length}, step_{(length + 4 * kib - 1) / (4 * kib) * (4 * kib)}, end_{std::min(
                                                                                            file_size,
                                                                                            std::max(length, 64 * mib))}
{
    if (length > file_size)
        throw std::invalid_argument{"the file is too small: --bytes"};
}

request range_sequence::next()
{
    const request result = at_;
    at_.offset += step_;
    if (at_.offset + at_.length > end_)
        at_.offset = 0;
    return result;
}

std::vector<double> run_closed_loops(const std::vector<int>& sockets, range_sequence ranges, std::uint64_t transfers)
{
    if (sockets.size() == 1)
        return run_one(sockets.front(), ranges, transfers);
    std::vector<double> seconds;
    seconds.reserve(transfers);
    const int epoll = check(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    std::vector<loop> loops(sockets.begin(), sockets.end());
    std::uint64_t asked = 0;
    for (loop& l : loops)
    {
        epoll_event interest{};
        interest.events = EPOLLIN;
        interest.data.ptr = &l;
        check(::epoll_ctl(epoll, EPOLL_CTL_ADD, l.socket(), &interest), "epoll_ctl");
        if (asked++ < transfers)
            l.begin(ranges.next());
    }
    for (std::array<epoll_event, 64> events{}; seconds.size() < transfers;)
    {
        constexpr int patience_ms = 20'000;
        const int n = check(::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), patience_ms), "epoll");
        if (n == 0)
            throw std::runtime_error{"it takes too long"};
        for (int i = 0; i != n; ++i)
            if (loop& l = *static_cast<loop*>(events[static_cast<std::size_t>(i)].data.ptr); l.receive())
            {
                seconds.push_back(l.seconds());
                if (asked++ < transfers)
                    l.begin(ranges.next());
            }
    }
    ::close(epoll);
    return seconds;
}

} // namespace benchmark::files

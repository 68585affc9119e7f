// Distributed under the Boost Software License, Version 1.0.
#include "contender.hpp"
#include "system.hpp"

#include <algorithm>

#include <sys/epoll.h>
#include <sys/sendfile.h>

namespace benchmark {

namespace {

enum class rhythm
{
    one_call_a_wake_up,
    until_not_ready
};

void send_range(const ends& connection, off_t offset, std::uint64_t rest, std::uint64_t turn, rhythm how,
                const watch& writable)
{
    bool ready = how == rhythm::until_not_ready; // the optimistic first call
    while (rest != 0)
    {
        if (!ready)
            writable.wait();
        const auto length = static_cast<std::size_t>(std::min(rest, turn));
        const ssize_t sent =
            check_transfer(::sendfile(connection.sink, connection.source, &offset, length), "sendfile");
        ready = how == rhythm::until_not_ready && sent != would_block;
        if (sent != would_block)
            rest -= static_cast<std::uint64_t>(sent);
    }
}

call_counts send(const task& to_do, std::uint64_t turn, rhythm how)
{
    const ends& connection = to_do.connections.front();
    make_non_blocking(connection.sink);
    const watch writable{connection.sink, EPOLLOUT};
    for (std::uint64_t done = 0; done < to_do.bytes; done += to_do.range)
        send_range(connection, 0, to_do.range, turn, how, writable);
    return {};
}

} // namespace

void add_bare_sendfile(std::vector<contender>& to)
{
    for (const std::uint64_t turn : {64 * kib, 256 * kib, mib, 2 * mib})
    {
        to.push_back({"bare C sendfile " + in_units(turn) + ", 1 a wake-up", family::bare_c,
                      [=](const task& t) { return send(t, turn, rhythm::one_call_a_wake_up); }});
        to.push_back({"bare C sendfile " + in_units(turn) + ", until EAGAIN", family::bare_c,
                      [=](const task& t) { return send(t, turn, rhythm::until_not_ready); }});
    }
}

} // namespace benchmark

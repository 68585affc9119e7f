// Distributed under the Boost Software License, Version 1.0.
#include "contender.hpp"
#include "system.hpp"

#include <unistd.h>

namespace benchmark {

namespace {

call_counts copy(const task& to_do, std::uint64_t turn)
{
    const ends& files = to_do.connections.front();
    while (check(::copy_file_range(files.source, nullptr, files.sink, nullptr, turn, 0), "copy_file_range") != 0)
        ;
    return {};
}

} // namespace

void add_bare_copy_file_range(std::vector<contender>& to)
{
    for (const std::uint64_t turn : {256 * kib, mib, 2 * mib, gib})
        to.push_back(
            {"bare C copy_file_range " + in_units(turn), family::bare_c, [=](const task& t) { return copy(t, turn); }});
}

void add_bare_c(std::vector<contender>& to, scenario what, const settings& with)
{
    switch (what)
    {
    case scenario::file_to_socket:
    case scenario::ranges_to_socket:
        return add_bare_sendfile(to);
    case scenario::socket_to_socket:
        return add_bare_relay(to, with.connections);
    case scenario::file_to_file:
        return add_bare_copy_file_range(to);
    case scenario::pipe_to_socket:
        return add_bare_pipe(to);
    }
}

} // namespace benchmark

// Distributed under the Boost Software License, Version 1.0.
#include "scenario.hpp"

#include "units.hpp"

#include <stdexcept>

namespace benchmark::relay {

namespace {

std::vector<scenario> for_each_count(const settings& with, const std::vector<unsigned>& otherwise, scenario what)
{
    std::vector<scenario> result;
    for (const unsigned connections : with.connections.empty() ? otherwise : with.connections)
    {
        what.connections = connections;
        result.push_back(what);
    }
    return result;
}

std::vector<scenario> ping_pong(const settings& with, const std::vector<unsigned>& otherwise, const scenario& what)
{
    std::vector<scenario> result = for_each_count(with, otherwise, what);
    for (scenario& s : result)
        s.amount = s.connections == 1 ? with.round_trips : 5 * with.round_trips; // which overlap, so it takes no longer
    return result;
}

} // namespace

std::vector<scenario> scenarios(std::string_view name, const settings& with)
{
    const std::string n{name};
    const std::vector<unsigned> few_and_many{1, 64};
    if (name == "bulk")
        return for_each_count(with, few_and_many, {n, load::stream, 1, 64 * kib, with.bytes});
    if (name == "stream-512")
        return for_each_count(with, few_and_many, {n, load::stream, 1, 512, with.stream_bytes});
    if (name == "stream-1460")
        return for_each_count(with, few_and_many, {n, load::stream, 1, 1460, with.stream_bytes});
    if (name == "ping-pong-64")
        return ping_pong(with, {1, 100}, {n, load::ping_pong, 1, 64, 0});
    if (name == "ping-pong-16k")
        return ping_pong(with, {1}, {n, load::ping_pong, 1, 16 * kib, 0});
    if (name == "short")
        return {{n, load::shorts, 8, kib, with.short_connections}};
    if (name == "idle")
        return {{n, load::idle, with.pairs, 64, 0}, {n + " after 1 MiB each way", load::idle, with.pairs, mib, 0}};
    if (name == "crowd")
        return {{n, load::stream, with.busy, 64 * kib, with.bytes, with.crowd}};
    throw std::invalid_argument{"no such scenario: " + n};
}

} // namespace benchmark::relay

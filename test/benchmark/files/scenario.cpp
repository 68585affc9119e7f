// Distributed under the Boost Software License, Version 1.0.
#include "scenario.hpp"

#include "units.hpp"

#include <stdexcept>

namespace benchmark::files {

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

std::vector<scenario> sweep(const settings& with)
{
    std::vector<scenario> result;
    for (std::uint64_t length = 512; length <= 128 * kib; length *= 2)
        result.push_back({in_units(length), part::sweep, 1, length, 0, with.transfers / 2 + 1, true});
    return result;
}

} // namespace

std::vector<scenario> serving_scenarios(std::string_view name, const settings& with)
{
    const std::string n{name};
    if (name == "serve-1g")
        return for_each_count(with, {1}, {n, part::bulk, 1, with.bytes, 0, 1, true});
    if (name == "serve-1m")
        return for_each_count(with, {1}, {n, part::bulk, 1, mib, 0, with.bytes / mib, true});
    if (name == "serve-16k")
        return for_each_count(with, {1, 32}, {n, part::small, 1, 16 * kib, 0, with.transfers, true});
    if (name == "serve-1k")
        return for_each_count(with, {1, 32}, {n, part::small, 1, kib, 0, with.transfers, true});
    if (name == "latency-64k")
        return {{n, part::latency, 1, 64 * kib, 0, with.transfers / 2 + 1, false},
                {n + " behind a header", part::header, 1, 64 * kib, 200, with.transfers / 2 + 1, false}};
    if (name == "small")
        return sweep(with);
    throw std::invalid_argument{"no such scenario: " + n};
}

} // namespace benchmark::files

// Distributed under the Boost Software License, Version 1.0.
#include "report.hpp"

#include "units.hpp"

#include <cstdio>

namespace benchmark::relay {

namespace {

constexpr double micro = 1e6;

using relay_figure = figure<relay_series>;
using relay_column = column<relay_series>;

/// Those that others are compared with; null where none ran.
struct references
{
    const relay_series* splice = nullptr;
    const relay_series* copy = nullptr;
    const relay_series* bare = nullptr; ///< the better of both
    const relay_series* plain = nullptr;
    const relay_series* coroutines = nullptr;
};

references find_references(const std::vector<relay_series>& all, const relay_figure& cost)
{
    references result;
    const auto consider = [&](const relay_series*& best, const relay_series& s) {
        if (best == nullptr || median_of(s, cost) < median_of(*best, cost))
            best = &s;
    };
    for (const relay_series& s : all)
        switch (s.who.kind)
        {
        case family::bare_splice:
            consider(result.splice, s);
            consider(result.bare, s);
            break;
        case family::bare_copy:
            consider(result.copy, s);
            consider(result.bare, s);
            break;
        case family::plain_asio:
            consider(result.plain, s);
            break;
        case family::coroutine_asio:
            consider(result.coroutines, s);
            break;
        case family::kernel_copy:
        case family::least_asio:
        case family::peer:
            break;
        }
    return result;
}

/// What a load's cost is counted in.
struct unit
{
    relay_figure cost;
    std::vector<relay_column> columns;
};

relay_column by_median(const char* title, int digits, const relay_figure& f)
{
    return benchmark::by_median<relay_series>(title, digits, f);
}

unit unit_of(const scenario& what)
{
    const auto cpu = [](const sample& s) { return s.cpu_seconds; };
    const double amount = static_cast<double>(what.amount);
    const auto with_peers = [=](double scale) {
        return by_median("and peers", 3, [=](const sample& s) { return s.all_cpu_seconds * scale; });
    };
    const auto per_second = [=](const char* title, double n, int digits) {
        return by_median(title, digits, [=](const sample& s) { return n / s.wall_seconds; });
    };
    const double gibibytes = amount / static_cast<double>(gib);
    const double pairs = what.connections;
    switch (what.what)
    {
    case load::stream:
    {
        unit result{cpu,
                    {by_median("CPU s/GiB", 3, [=](const sample& s) { return s.cpu_seconds / gibibytes; }),
                     with_peers(1 / gibibytes), per_second("GiB/s", gibibytes, 2)}};
        if (what.bystanders != 0)
            result.columns.insert(
                result.columns.begin() + 1,
                {by_median("alone", 3, [=](const sample& s) { return s.cpu_seconds_alone / gibibytes; }),
                 by_median("/ alone", 2, [](const sample& s) { return s.cpu_seconds / s.cpu_seconds_alone; })});
        return result;
    }
    case load::ping_pong:
        return {cpu,
                {by_median("CPU us/trip", 2, [=](const sample& s) { return s.cpu_seconds / amount * micro; }),
                 with_peers(micro / amount), per_second("trips/s", amount, 0),
                 by_median("p50 us", 1, [](const sample& s) { return s.p50_seconds * micro; }),
                 by_median("p99 us", 1, [](const sample& s) { return s.p99_seconds * micro; })}};
    case load::shorts:
        return {cpu,
                {by_median("CPU us/conn", 2, [=](const sample& s) { return s.cpu_seconds / amount * micro; }),
                 with_peers(micro / amount), per_second("conn/s", amount, 0)}};
    case load::idle:
        break;
    }
    return {[](const sample& s) { return s.resident_bytes; },
            {by_median("KiB/pair", 2, [=](const sample& s) { return s.resident_bytes / kib / pairs; }),
             by_median("fds/pair", 2, [=](const sample& s) { return s.descriptors / pairs; })}};
}

void add_ratios(unit& to, load what, const references& best)
{
    const relay_figure cost = to.cost;
    const auto add = [&](const char* title, const relay_series* other, const relay_figure& f) {
        to.columns.push_back(by_ratio(title, other, f));
    };
    to.columns.push_back(by_spread<relay_series>(cost));
    if (what != load::idle)
        to.columns.push_back(by_median("others", 2, [](const sample& s) { return s.other_cores; }));
    add("/ splice", best.splice, cost);
    add("/ copy", best.copy, cost);
    add("/ bare C", best.bare, cost);
    add("/ Asio", best.plain, cost);
    add("/ co_await", best.coroutines, cost);
    if (what != load::idle)
        add("all/bareC", best.bare, [](const sample& s) { return s.all_cpu_seconds; });
}

} // namespace

void print_table(const scenario& what, const std::vector<relay_series>& all, const std::vector<std::string>& missing)
{
    unit in = unit_of(what);
    const references best = find_references(all, in.cost);
    add_ratios(in, what.what, best);

    std::printf("\n%s: %u connections, messages of %s", what.name.c_str(), what.connections,
                in_units(what.message).c_str());
    if (what.bystanders != 0)
        std::printf(", %u idle ones around them", what.bystanders);
    std::printf("; %zu rounds.\nMedians; spread and ratios of the first column%s; * marks the best bare C.\n",
                all.front().samples.size(),
                what.what == load::idle ? "" : "; others: cores that the rest of the machine used");
    print_rows(all, in.columns, [&](const relay_series& s) {
        return std::string{&s == best.bare ? "   *" : ""} +
               (s.samples.front().keeps_half_open ? "" : "   ends both halves at once");
    });
    for (const std::string& name : missing)
        std::printf("%s\n", name.c_str());
    std::fflush(stdout);
}

} // namespace benchmark::relay

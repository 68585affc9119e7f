// Distributed under the Boost Software License, Version 1.0.
#include "report.hpp"

#include "statistics.hpp"
#include "units.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <functional>
#include <limits>

namespace benchmark::relay {

namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
constexpr double micro = 1e6;

using figure = std::function<double(const sample&)>;

double median_of(const series& of, const figure& f)
{
    std::vector<double> values;
    for (const sample& s : of.samples)
        values.push_back(f(s));
    return median(std::move(values));
}

/// Rounds are compared with themselves: what else the machine does changes from one to the next.
double ratio(const series& of, const series* to, const figure& f)
{
    if (to == nullptr)
        return nothing;
    std::vector<double> ratios;
    for (std::size_t i = 0; i != of.samples.size(); ++i)
        ratios.push_back(f(of.samples[i]) / f(to->samples[i]));
    return median(std::move(ratios));
}

/// How far the rounds are apart, in units of their median.
double spread_of(const series& of, const figure& f)
{
    const auto [least, most] = std::minmax_element(of.samples.begin(), of.samples.end(),
                                                   [&](const sample& a, const sample& b) { return f(a) < f(b); });
    return (f(*most) - f(*least)) / median_of(of, f);
}

/// Those that others are compared with; null where none ran.
struct references
{
    const series* splice = nullptr;
    const series* copy = nullptr;
    const series* bare = nullptr; ///< the better of both
    const series* plain = nullptr;
};

references find_references(const std::vector<series>& all, const figure& cost)
{
    references result;
    const auto consider = [&](const series*& best, const series& s) {
        if (best == nullptr || median_of(s, cost) < median_of(*best, cost))
            best = &s;
    };
    for (const series& s : all)
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
        case family::kernel_copy:
        case family::least_asio:
        case family::peer:
            break;
        }
    return result;
}

struct column
{
    const char* title;
    int digits;
    std::function<double(const series&)> value;

    [[nodiscard]] int width() const { return std::max(8, static_cast<int>(std::strlen(title))); }
};

/// What a load's cost is counted in.
struct unit
{
    figure cost;
    std::vector<column> columns;
};

column by_median(const char* title, int digits, const figure& f)
{
    return {title, digits, [=](const series& s) { return median_of(s, f); }};
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
    const figure cost = to.cost;
    const auto add = [&](const char* title, const series* other, const figure& f) {
        to.columns.push_back({title, 2, [=](const series& s) { return ratio(s, other, f); }});
    };
    to.columns.push_back({"spread", 2, [=](const series& s) { return spread_of(s, cost); }});
    if (what != load::idle)
        to.columns.push_back(by_median("others", 2, [](const sample& s) { return s.other_cores; }));
    add("/ splice", best.splice, cost);
    add("/ copy", best.copy, cost);
    add("/ bare C", best.bare, cost);
    add("/ Asio", best.plain, cost);
    if (what != load::idle)
        add("all/bareC", best.bare, [](const sample& s) { return s.all_cpu_seconds; });
}

} // namespace

void print_table(const scenario& what, const std::vector<series>& all, const std::vector<std::string>& missing)
{
    unit in = unit_of(what);
    const references best = find_references(all, in.cost);
    add_ratios(in, what.what, best);

    std::printf("\n%s: %u connections, messages of %s", what.name.c_str(), what.connections,
                in_units(what.message).c_str());
    if (what.bystanders != 0)
        std::printf(", %u idle ones around them", what.bystanders);
    std::printf("; %zu rounds.\nMedians; spread and ratios of the first column%s; * marks the best bare C.\n%-34s",
                all.front().samples.size(),
                what.what == load::idle ? "" : "; others: cores that the rest of the machine used", "");
    for (const column& c : in.columns)
        std::printf(" %*s", c.width(), c.title);
    std::printf("\n");
    for (const series& s : all)
    {
        std::printf("%-34s", s.who.name.c_str());
        for (const column& c : in.columns)
            if (const double value = c.value(s); std::isfinite(value))
                std::printf(" %*.*f", c.width(), c.digits, value);
            else
                std::printf(" %*s", c.width(), "-");
        std::printf("%s%s\n", &s == best.bare ? "   *" : "",
                    s.samples.front().keeps_half_open ? "" : "   ends both halves at once");
    }
    for (const std::string& name : missing)
        std::printf("%s\n", name.c_str());
    std::fflush(stdout);
}

} // namespace benchmark::relay

// Distributed under the Boost Software License, Version 1.0.
#include "report.hpp"

#include "units.hpp"

#include <algorithm>
#include <cstdio>

namespace benchmark::files {

namespace {

constexpr double micro = 1e6;

serving_column median_column(const char* title, int digits, const figure<serving>& f)
{
    return by_median<serving>(title, digits, f);
}

/// The best of a family, or null if none of it ran.
const serving* best(const std::vector<serving>& all, family kind, const figure<serving>& cost)
{
    const serving* found = nullptr;
    for (const serving& s : all)
        if (s.who.kind == kind && (found == nullptr || median_of(s, cost) < median_of(*found, cost)))
            found = &s;
    return found;
}

double cpu(const sample& s)
{
    return s.cpu_seconds;
}

bool is_of_time(const scenario& what)
{
    return (what.kind & (part::latency | part::header)) != 0;
}

double p50(const sample& s)
{
    return s.p50_seconds;
}

std::vector<serving_column> columns_of(const scenario& what)
{
    const auto transfers = static_cast<double>(what.transfers);
    const double gibibytes = transfers * static_cast<double>(what.length) / static_cast<double>(gib);
    if (what.kind == part::bulk)
        return {median_column("CPU s/GiB", 3, [=](const sample& s) { return s.cpu_seconds / gibibytes; }),
                median_column("and peer", 3, [=](const sample& s) { return s.all_cpu_seconds / gibibytes; }),
                median_column("GiB/s", 2, [=](const sample& s) { return gibibytes / s.wall_seconds; })};
    std::vector<serving_column> result{
        median_column("CPU us/transfer", 2, [=](const sample& s) { return s.cpu_seconds / transfers * micro; }),
        median_column("and peer", 2, [=](const sample& s) { return s.all_cpu_seconds / transfers * micro; }),
        median_column("transfers/s", 0, [=](const sample& s) { return transfers / s.wall_seconds; }),
        median_column("p50 us", 1, [](const sample& s) { return s.p50_seconds * micro; }),
        median_column("p99 us", 1, [](const sample& s) { return s.p99_seconds * micro; })};
    if (is_of_time(what))
        std::rotate(result.begin(), result.begin() + 3, result.end());
    return result;
}

} // namespace

void print_comparison(const std::vector<serving>& all, std::vector<serving_column> columns, const figure<serving>& cost)
{
    const serving* const bare = best(all, family::bare_c, cost);
    columns.push_back(by_spread<serving>(cost));
    columns.push_back(median_column("others", 2, [](const sample& s) { return s.other_cores; }));
    columns.push_back(by_ratio("/ bare C", bare, cost));
    columns.push_back(by_ratio("/ least", best(all, family::least_asio, cost), cost));
    columns.push_back(by_ratio("/ Asio", best(all, family::plain_asio, cost), cost));
    print_rows(all, columns, [&](const serving& s) { return std::string{&s == bare ? "   *" : ""}; });
}

void print_table(const scenario& what, const std::vector<serving>& all)
{
    std::printf("\n%s: %u connections, ranges of %s", what.name.c_str(), what.connections,
                in_units(what.length).c_str());
    if (what.header != 0)
        std::printf(" behind a header of %u bytes", what.header);
    std::printf("%s; %zu rounds.\nMedians; spread and ratios of the first column; others: cores that the rest of the "
                "machine used; * marks the best bare C.\n",
                what.no_delay ? "" : ", TCP_NODELAY off", all.front().samples.size());
    print_comparison(all, columns_of(what), is_of_time(what) ? p50 : cpu);
}

void print_sweep(const std::vector<std::pair<scenario, std::vector<serving>>>& all)
{
    std::printf(
        "\nsmall: CPU us of the server for an answer of a size; %zu rounds. Medians, and medians of the ratios to "
        "the first.\n%-8s",
        all.front().second.front().samples.size(), "");
    for (const serving& s : all.front().second)
        std::printf(" %32s %6s", s.who.name.c_str(), "ratio");
    std::printf("\n");
    for (const auto& [what, servers] : all)
    {
        std::printf("%-8s", what.name.c_str());
        for (const serving& s : servers)
            std::printf(" %32.2f %6.2f", median_of(s, cpu) / static_cast<double>(what.transfers) * micro,
                        median_ratio(s, &servers.front(), cpu));
        std::printf("\n");
    }
    std::fflush(stdout);
}

} // namespace benchmark::files

// Distributed under the Boost Software License, Version 1.0.
#include "report.hpp"

#include "statistics.hpp"
#include "system.hpp"

#include <cstdio>
#include <limits>

namespace benchmark {

namespace {

template <class Projection>
double median_of(const series& of, Projection projection)
{
    std::vector<double> values;
    for (const sample& s : of.samples)
        values.push_back(projection(s));
    return median(std::move(values));
}

double median_cpu(const series& of)
{
    return median_of(of, [](const sample& s) { return s.cpu_seconds; });
}

/// Rounds are compared with themselves: what else the machine does changes from one to the next.
double cpu_ratio(const series& of, const series* to)
{
    if (to == nullptr)
        return std::numeric_limits<double>::quiet_NaN();
    std::vector<double> ratios;
    for (std::size_t i = 0; i != of.samples.size(); ++i)
        ratios.push_back(of.samples[i].cpu_seconds / to->samples[i].cpu_seconds);
    return median(std::move(ratios));
}

/// The cheapest of a family, or null if none of it ran.
const series* best(const std::vector<series>& all, family kind)
{
    const series* found = nullptr;
    for (const series& s : all)
        if (s.who.kind == kind && (found == nullptr || median_cpu(s) < median_cpu(*found)))
            found = &s;
    return found;
}

void print_line(const series& s, double gibibytes, bool counts, const series* bare, const series* plain)
{
    const double wall = median_of(s, [](const sample& x) { return x.wall_seconds; });
    const double everybody = median_of(s, [](const sample& x) { return x.all_cpu_seconds; });
    std::printf("%-46s %10.3f %9.3f %9.2f %9.2f %9.2f", s.who.name.c_str(), median_cpu(s) / gibibytes,
                everybody / gibibytes, gibibytes / wall, cpu_ratio(s, bare), cpu_ratio(s, plain));
    const auto count = [&](const char* what, auto projection) {
        if (const double n = median_of(s, projection) / gibibytes; counts && n > 0)
            std::printf(" %8.0f %s", n, what);
    };
    count("sleeps", [](const sample& x) { return x.sleeps; });
    count("calls", [](const sample& x) { return static_cast<double>(x.calls.system_calls); });
    count("waits", [](const sample& x) { return static_cast<double>(x.calls.waits); });
    count("yields", [](const sample& x) { return static_cast<double>(x.calls.yields); });
    std::printf("%s\n", &s == bare ? "   *" : "");
}

} // namespace

void print_table(scenario what, const settings& with, const std::vector<series>& all)
{
    const series* const bare = best(all, family::bare_c);
    const series* const plain = best(all, family::plain_asio);
    std::printf("\n%s: %s, %u rounds", std::string{scenario_names[static_cast<std::size_t>(what)]}.c_str(),
                in_units(with.bytes).c_str(), with.rounds);
    if (what == scenario::socket_to_socket)
        std::printf(", %u connections", with.connections);
    std::printf(". Medians; ratios of CPU time, * marks the best bare C.\n%-46s %10s %9s %9s %9s %9s\n", "",
                "CPU s/GiB", "and peers", "GiB/s", "/ bare C", "/ Asio");
    const double gibibytes = static_cast<double>(with.bytes) / static_cast<double>(gib);
    for (const series& s : all)
        print_line(s, gibibytes, with.count_calls, bare, plain);
    std::fflush(stdout);
}

} // namespace benchmark

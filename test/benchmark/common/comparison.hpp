// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_COMPARISON_HPP
#define KERNEL_COPY_TEST_BENCHMARK_COMPARISON_HPP

#include "statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace benchmark {

/// A contender and what each round measured of it, in the order of the rounds.
template <class Contender, class Sample>
struct series
{
    using sample_type = Sample;

    Contender who;
    std::vector<Sample> samples;
};

template <class Series>
using figure = std::function<double(const typename Series::sample_type&)>;

/// What is printed of each contender; what is not finite is printed as a dash.
template <class Series>
struct column
{
    std::string title;
    int digits;
    std::function<double(const Series&)> value;

    [[nodiscard]] int width() const { return std::max(8, static_cast<int>(title.size())); }
};

template <class Series>
double median_of(const Series& of, const std::type_identity_t<figure<Series>>& f)
{
    std::vector<double> values;
    for (const auto& s : of.samples)
        values.push_back(f(s));
    return median(std::move(values));
}

/// Rounds are compared with themselves: what else the machine does changes from one to the next.
template <class Series>
double median_ratio(const Series& of, const Series* to, const std::type_identity_t<figure<Series>>& f)
{
    if (to == nullptr)
        return std::numeric_limits<double>::quiet_NaN();
    std::vector<double> ratios;
    for (std::size_t i = 0; i != of.samples.size(); ++i)
        ratios.push_back(f(of.samples[i]) / f(to->samples[i]));
    return median(std::move(ratios));
}

/// How far the rounds are apart, in units of their median.
template <class Series>
double spread_of(const Series& of, const std::type_identity_t<figure<Series>>& f)
{
    const auto [least, most] = std::minmax_element(of.samples.begin(), of.samples.end(),
                                                   [&](const auto& a, const auto& b) { return f(a) < f(b); });
    return (f(*most) - f(*least)) / median_of(of, f);
}

template <class Series>
column<Series> by_median(const char* title, int digits, const figure<Series>& f)
{
    return {title, digits, [=](const Series& s) { return median_of(s, f); }};
}

template <class Series>
column<Series> by_ratio(const char* title, const Series* to, const figure<Series>& f)
{
    return {title, 2, [=](const Series& s) { return median_ratio(s, to, f); }};
}

template <class Series>
column<Series> by_spread(const figure<Series>& f)
{
    return {"spread", 2, [=](const Series& s) { return spread_of(s, f); }};
}

/// The first column is the name.
/// @param remark gives what ends the line of a contender
template <class Series, class Remark>
void print_rows(const std::vector<Series>& all, const std::vector<column<Series>>& columns, Remark remark)
{
    constexpr int name_width = 34;
    std::printf("%-*s", name_width, "");
    for (const auto& c : columns)
        std::printf(" %*s", c.width(), c.title.c_str());
    std::printf("\n");
    for (const Series& s : all)
    {
        std::printf("%-*s", name_width, s.who.name.c_str());
        for (const auto& c : columns)
            if (const double value = c.value(s); std::isfinite(value))
                std::printf(" %*.*f", c.width(), c.digits, value);
            else
                std::printf(" %*s", c.width(), "-");
        std::printf("%s\n", remark(s).c_str());
    }
    std::fflush(stdout);
}

} // namespace benchmark

#endif

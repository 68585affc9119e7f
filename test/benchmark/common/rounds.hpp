// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_ROUNDS_HPP
#define KERNEL_COPY_TEST_BENCHMARK_ROUNDS_HPP

#include "comparison.hpp"

#include <algorithm>
#include <exception>
#include <string>
#include <vector>

namespace benchmark {

/// Leaves those whose names contain one of the texts; all, if there are no texts.
template <class Contender>
void select(std::vector<Contender>& from, const std::vector<std::string>& texts)
{
    if (texts.empty())
        return;
    std::erase_if(from, [&](const Contender& c) {
        return std::none_of(texts.begin(), texts.end(),
                            [&](const std::string& text) { return c.name.find(text) != std::string::npos; });
    });
}

/// The least disturbed of some tries.
/// @param quiet_below cores that the rest of the machine may use; 0: one try
template <class Measure>
auto measure_quietly(double quiet_below, Measure measure)
{
    constexpr int most_tries = 5;
    auto best = measure();
    for (int tries = 1; tries != most_tries && quiet_below > 0 && best.other_cores > quiet_below; ++tries)
        if (const auto next = measure(); next.other_cores < best.other_cores)
            best = next;
    return best;
}

/// Measures everybody once a round, in an order that rotates. Who fails is left out from then on.
/// @param measure gives a sample of a contender
/// @param failed is told who has failed, and why
template <class Sample, class Contender, class Measure, class Failed>
std::vector<series<Contender, Sample>> measure_rounds(const std::vector<Contender>& who, unsigned rounds,
                                                      Measure measure, Failed failed)
{
    std::vector<series<Contender, Sample>> all;
    for (const Contender& c : who)
        all.push_back({c, {}});
    for (unsigned round = 0; round != rounds; ++round)
        for (std::size_t i = 0; i != all.size(); ++i)
        {
            auto& next = all[(i + round) % all.size()];
            if (next.samples.size() != round)
                continue; // it has failed before
            try
            {
                next.samples.push_back(measure(next.who));
            }
            catch (const std::exception& e)
            {
                failed(next.who, e);
            }
        }
    std::erase_if(all, [&](const auto& s) { return s.samples.size() != rounds; });
    return all;
}

} // namespace benchmark

#endif

// Distributed under the Boost Software License, Version 1.0.
#include "rounds.hpp"

#include "report.hpp"

#include <exception>
#include <iostream>

namespace benchmark::relay {

namespace {

/// The least disturbed of some tries.
sample measure_quietly(const contender& who, const scenario& what, double quiet_below)
{
    constexpr int most_tries = 5;
    sample best = measure(who, what);
    for (int tries = 1; tries != most_tries && quiet_below > 0 && best.other_cores > quiet_below; ++tries)
        if (const sample next = measure(who, what); next.other_cores < best.other_cores)
            best = next;
    return best;
}

} // namespace

bool run_rounds(const scenario& what, const settings& with, const std::vector<contender>& who,
                std::vector<std::string> missing)
{
    std::vector<series> all;
    for (const contender& c : who)
        all.push_back({c, {}});
    bool all_well = true;
    for (unsigned round = 0; round != with.rounds; ++round)
        for (std::size_t i = 0; i != all.size(); ++i)
        {
            series& next = all[(i + round) % all.size()];
            if (next.samples.size() != round)
                continue; // it has failed before
            try
            {
                next.samples.push_back(measure_quietly(next.who, what, with.quiet_below));
            }
            catch (const std::exception& e)
            {
                std::cerr << e.what() << '\n';
                missing.push_back(next.who.name + ": failed");
                all_well = all_well && next.who.kind == family::peer;
            }
        }
    std::erase_if(all, [&](const series& s) { return s.samples.size() != with.rounds; });
    if (!all.empty())
        print_table(what, all, missing);
    return all_well;
}

} // namespace benchmark::relay

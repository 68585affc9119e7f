// Distributed under the Boost Software License, Version 1.0.
#include "run_rounds.hpp"

#include "report.hpp"
#include "rounds.hpp"

#include <exception>
#include <iostream>

namespace benchmark::relay {

bool run_rounds(const scenario& what, const settings& with, const std::vector<contender>& who,
                std::vector<std::string> missing)
{
    bool all_well = true;
    const std::vector<relay_series> all = measure_rounds<sample>(
        who, with.rounds,
        [&](const contender& c) { return measure_quietly(with.quiet_below, [&] { return measure(c, what); }); },
        [&](const contender& c, const std::exception& why) {
            std::cerr << why.what() << '\n';
            missing.push_back(c.name + ": failed");
            all_well = all_well && c.kind == family::peer;
        });
    if (!all.empty())
        print_table(what, all, missing);
    return all_well;
}

} // namespace benchmark::relay

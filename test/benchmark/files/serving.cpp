// Distributed under the Boost Software License, Version 1.0.
#include "serving.hpp"

#include "report.hpp"
#include "rounds.hpp"

#include <iostream>

namespace benchmark::files {

std::vector<built_in> servers(parts of, const settings& with)
{
    std::vector<built_in> result = built_ins();
    std::erase_if(result, [&](const built_in& b) { return (b.takes_part_in & of) == 0; });
    select(result, with.only);
    return result;
}

bool compare_servers(std::string_view name, const settings& with, const std::string& file)
{
    bool all_well = true;
    std::vector<std::pair<scenario, std::vector<serving>>> sweep;
    for (const scenario& what : serving_scenarios(name, with))
    {
        std::vector<serving> all = measure_rounds<sample>(
            servers(what.kind, with), with.rounds,
            [&](const built_in& who) {
                return measure_quietly(with.quiet_below, [&] { return measure(who, what, file); });
            },
            [&](const built_in&, const std::exception& why) {
                std::cerr << why.what() << '\n';
                all_well = false;
            });
        if (all.empty())
            continue;
        if (what.kind == part::sweep)
            sweep.emplace_back(what, std::move(all));
        else
            print_table(what, all);
    }
    if (all_well && !sweep.empty())
        print_sweep(sweep);
    return all_well;
}

} // namespace benchmark::files

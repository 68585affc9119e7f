// Distributed under the Boost Software License, Version 1.0.

// What kernel_copy costs, beside a plain Asio loop and beside bare C around the same system call.
//
// Everything runs over 127.0.0.1. Each mover is measured in a process of its own by getrusage(2); producers
// and receivers are processes too. In every round each contender runs once, in an order that rotates.

#include "own_network.hpp"
#include "report.hpp"
#include "system.hpp"

#include <boost/program_options.hpp>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <iostream>

namespace {

using namespace benchmark;
namespace options = boost::program_options;

/// Gives false if the program shall end.
bool read_arguments(int argc, char** argv, settings& with, std::vector<scenario>& which)
{
    std::vector<std::string> names;
    std::vector<std::string> budgets;
    std::string bytes;
    std::vector<std::string> capacities;
    options::options_description known{"Options"};
    auto add = known.add_options();
    add("help", "this text");
    add("scenario", options::value(&names)->multitoken(),
        "file-to-socket, ranges-to-socket, socket-to-socket, file-to-file, pipe-to-socket; all by default");
    add("rounds", options::value(&with.rounds)->default_value(7), "how often each contender runs");
    add("bytes", options::value(&bytes)->default_value("1G"), "of each run; whole MiB, with K, M or G");
    add("connections", options::value(&with.connections)->default_value(1), "of socket-to-socket; share the bytes");
    add("turn-budget", options::value(&budgets)->multitoken(), "more kernel_copy contenders, with these budgets");
    add("pipe-capacity", options::value(&capacities)->multitoken(), "the same with these capacities of the pipe");
    add("only", options::value(&with.only)->multitoken(), "contenders whose names contain one of these texts");
    add("directory", options::value(&with.directory)->default_value("."), "where the files are made");
    add("count-calls", options::bool_switch(&with.count_calls), "attach a monitor, and show counts per GiB");
    add("discard", options::bool_switch(&with.discard), "receivers have the kernel drop what arrives");
    options::variables_map given;
    options::store(options::parse_command_line(argc, argv, known), given);
    options::notify(given);
    if (given.count("help") != 0)
    {
        std::cout << known;
        return false;
    }
    with.bytes = from_units(bytes) / mib * mib;
    for (const std::string& budget : budgets)
        with.turn_budgets.push_back(from_units(budget));
    for (const std::string& capacity : capacities)
        with.pipe_capacities.push_back(static_cast<std::size_t>(from_units(capacity)));
    if (with.rounds == 0 || with.connections == 0 || with.bytes < with.connections * mib)
        throw std::invalid_argument{"there is nothing to measure"};
    for (const std::string& name : names)
        if (std::find(scenario_names.begin(), scenario_names.end(), name) == scenario_names.end())
            throw std::invalid_argument{"no such scenario: " + name};
    for (std::size_t i = 0; i != scenario_names.size(); ++i)
        if (names.empty() || std::find(names.begin(), names.end(), scenario_names[i]) != names.end())
            which.push_back(static_cast<scenario>(i));
    return true;
}

void run(scenario what, const settings& with, const files& on)
{
    std::vector<contender> contenders;
    add_kernel_copy(contenders, what, with);
    add_plain_asio(contenders, what);
    add_bare_c(contenders, what, with);
    std::vector<series> all;
    for (const contender& who : contenders)
        if (with.only.empty() || std::any_of(with.only.begin(), with.only.end(), [&](const std::string& part) {
                return who.name.find(part) != std::string::npos;
            }))
            all.push_back({who, {}});
    if (all.empty())
        throw std::invalid_argument{"no contender has such a name"};
    for (unsigned round = 0; round != with.rounds; ++round)
        for (std::size_t i = 0; i != all.size(); ++i)
        {
            series& next = all[(i + round) % all.size()];
            next.samples.push_back(measure(next.who, what, with, on));
        }
    print_table(what, with, all);
}

} // namespace

int main(int argc, char** argv)
try
{
    settings with;
    std::vector<scenario> which;
    if (!read_arguments(argc, argv, with, which))
        return EXIT_SUCCESS;
    enter_own_network();
    const files on{with.directory, with.bytes};
    for (const scenario what : which)
        run(what, with, on);
    return EXIT_SUCCESS;
}
catch (const std::exception& e)
{
    std::cerr << e.what() << '\n';
    return EXIT_FAILURE;
}

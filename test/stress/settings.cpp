// Distributed under the Boost Software License, Version 1.0.
#include "settings.hpp"

#include <boost/program_options.hpp>

#include <iostream>
#include <stdexcept>

namespace soak {

bool read_arguments(int argc, char** argv, settings& with)
{
    namespace options = boost::program_options;
    options::options_description known{
        "Runs many relays and copies at once, disturbs them, and checks every byte and count.\n"
        "Half an hour under a sanitizer: soak --seconds 1800\n\nOptions"};
    bool no_scarcity = false;
    bool no_destruction = false;
    auto add = known.add_options();
    add("help", "this text");
    add("seed", options::value(&with.seed)->default_value(with.seed), "each transfer draws from this and its number");
    add("first", options::value(&with.first)->default_value(with.first), "number of the first transfer");
    add("transfers", options::value(&with.transfers)->default_value(with.transfers), "at most; 0: no limit");
    add("seconds", options::value(&with.seconds)->default_value(with.seconds), "no transfer begins later");
    add("round", options::value(&with.round)->default_value(with.round),
        "seconds after which all contexts end, and descriptors and memory must be what they were");
    add("concurrency", options::value(&with.concurrency)->default_value(with.concurrency), "transfers at once");
    add("threads", options::value(&with.threads)->default_value(with.threads),
        "half of them run one context together, the others one each");
    add("most-bytes", options::value(&with.most_bytes)->default_value(with.most_bytes), "of a stream");
    add("no-scarcity", options::bool_switch(&no_scarcity), "never take the descriptors away");
    add("no-destruction", options::bool_switch(&no_destruction), "destroy no context under way");
    add("verbose", options::bool_switch(&with.verbose), "a line a round");
    add("directory", options::value(&with.directory)->default_value(with.directory), "where the files are made");
    options::variables_map given;
    options::store(options::parse_command_line(argc, argv, known), given);
    options::notify(given);
    if (given.count("help") != 0)
    {
        std::cout << known;
        return false;
    }
    with.scarcity = !no_scarcity;
    with.destruction = !no_destruction;
    if (with.seconds == 0 || with.round == 0 || with.concurrency == 0 || with.threads == 0 || with.most_bytes == 0)
        throw std::invalid_argument{"there is nothing to run"};
    return true;
}

} // namespace soak

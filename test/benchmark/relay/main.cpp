// Distributed under the Boost Software License, Version 1.0.

// What a TCP relay by kernel_copy costs, beside one by plain Asio, bare C ones, and programs of others.
//
// Everything runs over 127.0.0.1. Relay, client and server are processes; each run has fresh ones. In every
// round each contender runs once, in an order that rotates.

#include "installed_relays.hpp"
#include "loopback.hpp"
#include "own_network.hpp"
#include "rounds.hpp"
#include "run_rounds.hpp"
#include "system.hpp"

#include <boost/program_options.hpp>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <iostream>

#include <sys/resource.h>

namespace {

using namespace benchmark;
using namespace benchmark::relay;
namespace options = boost::program_options;

struct arguments
{
    settings with;
    std::vector<std::string> scenarios;
    std::vector<std::string> peers;
    bool no_peers = false;
    // To run one relay by itself
    std::string serve;
    int listen_descriptor = -1;
    std::uint16_t listen_port = 0;
    std::uint16_t upstream_port = 0;
};

std::uint64_t amount(const options::variables_map& given, const char* name)
{
    const std::uint64_t result = from_units(given[name].as<std::string>());
    if (result == 0)
        throw std::invalid_argument{std::string{"nothing to measure: --"} + name};
    return result;
}

/// Gives false if the program shall end.
bool read_arguments(int argc, char** argv, arguments& to)
{
    settings& with = to.with;
    options::options_description known{"Options"};
    auto add = known.add_options();
    const auto text = [](const char* otherwise) { return options::value<std::string>()->default_value(otherwise); };
    add("help", "this text");
    add("scenario", options::value(&to.scenarios)->multitoken(),
        "bulk, stream-512, stream-1460, ping-pong-64, ping-pong-16k, short, idle, crowd; all by default");
    add("rounds", options::value(&with.rounds)->default_value(5), "how often each contender runs");
    add("only", options::value(&with.only)->multitoken(), "contenders whose names contain one of these texts");
    add("quiet", options::value(&with.quiet_below)->default_value(0),
        "measure again, up to five times, while the rest of the machine used more than so many cores; 0: never");
    add("connections", options::value(&with.connections)->multitoken(),
        "of bulk, streams and ping-pongs, instead of 1 and 64, or 1 and 100");
    add("bytes", text("512M"), "of bulk and crowd, over all connections; with K, M or G");
    add("stream-bytes", text("128M"), "of the streams of small writes");
    add("round-trips", text("20000"), "of ping-pongs; five times as many with more than one connection");
    add("short-connections", text("5000"), "of short");
    add("pairs", options::value(&with.pairs)->default_value(1000), "connections of idle");
    add("busy", options::value(&with.busy)->default_value(100), "busy connections of crowd");
    add("crowd", options::value(&with.crowd)->default_value(3900), "idle connections of crowd");
    add("peer", options::value(&to.peers),
        "'name=command': one more relay; in the command {listen} and {upstream} are HOST:PORT, {listen_host}, "
        "{listen_port}, {upstream_host} and {upstream_port} their parts. May be repeated");
    add("no-peers", options::bool_switch(&to.no_peers), "without haproxy and nginx");
    add("serve", options::value(&to.serve), "measure nothing, be the relay of this name until killed");
    add("listen-port", options::value(&to.listen_port)->default_value(0), "of serve");
    add("listen-descriptor", options::value(&to.listen_descriptor)->default_value(-1), "of serve, instead of a port");
    add("upstream-port", options::value(&to.upstream_port)->default_value(0), "of serve");
    options::variables_map given;
    options::store(options::parse_command_line(argc, argv, known), given);
    options::notify(given);
    if (given.count("help") != 0)
    {
        std::cout << known;
        return false;
    }
    with.bytes = amount(given, "bytes");
    with.stream_bytes = amount(given, "stream-bytes");
    with.round_trips = amount(given, "round-trips");
    with.short_connections = amount(given, "short-connections");
    if (with.rounds == 0 || with.pairs == 0 || with.busy == 0 ||
        std::count(with.connections.begin(), with.connections.end(), 0u) != 0)
        throw std::invalid_argument{"there is nothing to measure"};
    if (to.scenarios.empty())
        to.scenarios.assign(scenario_names.begin(), scenario_names.end());
    return true;
}

/// Relays of thousands of connections need twice as many descriptors.
void raise_descriptor_limit()
{
    rlimit limit{};
    check(::getrlimit(RLIMIT_NOFILE, &limit), "getrlimit");
    limit.rlim_cur = limit.rlim_max;
    check(::setrlimit(RLIMIT_NOFILE, &limit), "setrlimit");
}

void serve(const arguments& given)
{
    for (const built_in& b : built_ins())
        if (b.name == given.serve)
        {
            const int listener = given.listen_descriptor != -1 ? given.listen_descriptor
                                                               : listen_on_loopback(given.listen_port).descriptor;
            return b.serve(listener, given.upstream_port);
        }
    throw std::invalid_argument{"no such relay: " + given.serve};
}

std::vector<contender> contenders(const arguments& given, const temporary_directory& files,
                                  std::vector<std::string>& absent)
{
    std::vector<contender> result;
    for (const built_in& b : built_ins())
        result.push_back(make_contender(b));
    if (!given.no_peers)
        for (contender& installed : installed_relays(files, absent))
            result.push_back(std::move(installed));
    for (const std::string& peer : given.peers)
    {
        const std::size_t separator = peer.find('=');
        if (separator == std::string::npos)
            throw std::invalid_argument{"not a name=command: " + peer};
        result.push_back(make_contender(peer.substr(0, separator), peer.substr(separator + 1)));
    }
    select(result, given.with.only);
    if (result.empty())
        throw std::invalid_argument{"no contender has such a name"};
    return result;
}

} // namespace

int main(int argc, char** argv)
try
{
    arguments given;
    if (!read_arguments(argc, argv, given))
        return EXIT_SUCCESS;
    raise_descriptor_limit();
    if (!given.serve.empty())
    {
        serve(given);
        return EXIT_FAILURE;
    }
    if (!enter_own_network())
        std::cout << "not in a network of its own: figures may vary with the system's congestion control\n";
    const temporary_directory files{std::filesystem::temp_directory_path(), "relay-benchmark"};
    std::vector<std::string> absent;
    const std::vector<contender> who = contenders(given, files, absent);
    bool all_well = true;
    for (const std::string& name : given.scenarios)
        for (const scenario& what : scenarios(name, given.with))
            all_well = run_rounds(what, given.with, who, absent) && all_well;
    return all_well ? EXIT_SUCCESS : EXIT_FAILURE;
}
catch (const std::exception& e)
{
    std::cerr << e.what() << '\n';
    return EXIT_FAILURE;
}

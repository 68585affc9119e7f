// Distributed under the Boost Software License, Version 1.0.

// What serving and copying files by kernel_copy costs, beside plain Asio, bare C and cp.
//
// Servers and copiers are processes, fresh ones for each run; the client is this one, over 127.0.0.1. In every round
// each contender runs once, in an order that rotates.

#include "cold.hpp"
#include "copying.hpp"
#include "disks.hpp"
#include "loopback.hpp"
#include "serving.hpp"
#include "sources.hpp"
#include "system.hpp"
#include "temporary_directory.hpp"

#include <boost/program_options.hpp>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <iostream>

#include <sched.h>

namespace {

using namespace benchmark;
using namespace benchmark::files;
namespace options = boost::program_options;

struct arguments
{
    settings with;
    std::vector<std::string> scenarios;
    std::filesystem::path directory;
    bool one_cpu = false;
    // To run one server by itself
    std::string serve;
    std::vector<std::string> served;
    int listen_descriptor = -1;
    std::uint16_t listen_port = 0;
    bool no_delay = false;
};

std::string default_directory()
{
    const char* const chosen = std::getenv("TMPDIR");
    return chosen != nullptr ? chosen : "/var/tmp";
}

/// Gives false if the program shall end.
bool read_arguments(int argc, char** argv, arguments& to)
{
    settings& with = to.with;
    std::string directory, bytes, sparse_bytes, transfers;
    options::options_description known{"Options"};
    auto add = known.add_options();
    const auto text = [](std::string& value, const std::string& otherwise) {
        return options::value(&value)->default_value(otherwise);
    };
    add("help", "this text");
    add("scenario", options::value(&to.scenarios)->multitoken(),
        "serve-1g, serve-1m, serve-16k, serve-1k, latency-64k, small, file-to-file, sparse, cold; all by default");
    add("rounds", options::value(&with.rounds)->default_value(5), "how often each contender runs");
    add("only", options::value(&with.only)->multitoken(), "contenders whose names contain one of these texts");
    add("quiet", options::value(&with.quiet_below)->default_value(0),
        "measure again, up to five times, while the rest of the machine used more than so many cores; 0: never");
    add("connections", options::value(&with.connections)->multitoken(),
        "of serve-*, instead of 1, or 1 and 32 for small ranges");
    add("bytes", text(bytes, "1G"), "of the file that is served and copied; with K, M or G");
    add("sparse-bytes", text(sparse_bytes, "4G"), "of the sparse file");
    add("transfers", text(transfers, "20000"), "of small ranges; half as many in latency-64k and small");
    add("cold-seconds", options::value(&with.cold_seconds)->default_value(2), "of each run of cold");
    add("one-cpu", options::bool_switch(&to.one_cpu),
        "all processes on one processor: CPU time of small ranges that does not depend on how others are woken");
    add("dir", text(directory, default_directory()), "where files are made, on a disk");
    add("serve", options::value(&to.serve), "measure nothing, be the server of this name until killed");
    add("file", options::value(&to.served), "of serve; may be repeated");
    add("listen-port", options::value(&to.listen_port)->default_value(0), "of serve");
    add("listen-descriptor", options::value(&to.listen_descriptor)->default_value(-1), "of serve, instead of a port");
    add("no-delay", options::bool_switch(&to.no_delay), "of serve: TCP_NODELAY");
    options::variables_map given;
    options::store(options::parse_command_line(argc, argv, known), given);
    options::notify(given);
    if (given.count("help") != 0)
    {
        std::cout << known;
        return false;
    }
    to.directory = std::filesystem::absolute(directory);
    with.bytes = from_units(bytes);
    with.sparse_bytes = from_units(sparse_bytes);
    with.transfers = from_units(transfers);
    constexpr std::uint64_t least_bytes = 4 * mib;
    if (with.rounds == 0 || with.bytes < least_bytes || with.sparse_bytes < sparse_part || with.transfers == 0 ||
        with.cold_seconds <= 0 || std::count(with.connections.begin(), with.connections.end(), 0u) != 0)
        throw std::invalid_argument{"there is nothing to measure, or less than 4M"};
    for (const std::string& name : to.scenarios)
        if (std::find(scenario_names.begin(), scenario_names.end(), name) == scenario_names.end())
            throw std::invalid_argument{"no such scenario: " + name};
    if (to.scenarios.empty())
        to.scenarios.assign(scenario_names.begin(), scenario_names.end());
    return true;
}

/// Processes that are started inherit that.
void stay_on_one_cpu()
{
    cpu_set_t allowed;
    check(::sched_getaffinity(0, sizeof allowed, &allowed), "sched_getaffinity");
    std::size_t last = CPU_SETSIZE - 1; // interrupts like the first
    while (CPU_ISSET(last, &allowed) == 0)
        --last;
    CPU_ZERO(&allowed);
    CPU_SET(last, &allowed);
    check(::sched_setaffinity(0, sizeof allowed, &allowed), "sched_setaffinity");
}

void serve(const arguments& given)
{
    const service what{given.listen_descriptor != -1 ? given.listen_descriptor
                                                     : listen_on_loopback(given.listen_port).descriptor,
                       given.served, given.no_delay};
    for (const built_in& b : built_ins())
        if (b.name == given.serve)
            return b.serve(what);
    throw std::invalid_argument{"no such server: " + given.serve};
}

/// A file that is made when it is first asked for.
class source
{
public:
    source(std::filesystem::path name, std::uint64_t bytes) : name_{std::move(name)}, bytes_{bytes} {}

    const std::filesystem::path& path()
    {
        if (!std::filesystem::exists(name_))
            make_file(name_, bytes_);
        return name_;
    }

private:
    std::filesystem::path name_;
    std::uint64_t bytes_;
};

bool copy_on_two_file_systems(const settings& with, const std::filesystem::path& directory, source& file)
{
    const bool well = compare_copiers("file-to-file", with, file.path(), {"--reflink=never", "--reflink=auto"});
    if (const std::string why = why_no_btrfs(); !why.empty())
    {
        std::cout << "\nfile-to-file, btrfs: skipped, " << why << std::endl;
        return well;
    }
    constexpr std::uint64_t room = 512 * mib;
    const auto btrfs = make_btrfs(directory, with.bytes * 2 + room);
    make_file(btrfs->path("source"), with.bytes);
    return compare_copiers("file-to-file, btrfs", with, btrfs->path("source"), {"--reflink=auto"}) && well;
}

bool measure(const std::string& name, const settings& with, const std::filesystem::path& directory, source& file)
{
    if (name == "file-to-file")
        return copy_on_two_file_systems(with, directory, file);
    if (name == "sparse")
    {
        const std::filesystem::path sparse = directory / "sparse";
        make_sparse_file(sparse, with.sparse_bytes);
        const bool well = compare_copiers(name, with, sparse, {"--sparse=auto"});
        std::filesystem::remove(sparse);
        return well;
    }
    if (name == "cold")
        return compare_with_cold_files(with, directory);
    return compare_servers(name, with, file.path());
}

} // namespace

int main(int argc, char** argv)
try
{
    arguments given;
    if (!read_arguments(argc, argv, given))
        return EXIT_SUCCESS;
    if (!given.serve.empty())
    {
        serve(given);
        return EXIT_FAILURE;
    }
    if (given.one_cpu)
        stay_on_one_cpu();
    const temporary_directory files{given.directory, "file-benchmark"};
    std::filesystem::current_path(files.path()); // where things are mounted
    source file{files.path() / "source", given.with.bytes};
    bool all_well = true;
    for (const std::string& name : given.scenarios)
        all_well = measure(name, given.with, files.path(), file) && all_well;
    return all_well ? EXIT_SUCCESS : EXIT_FAILURE;
}
catch (const std::exception& e)
{
    std::cerr << e.what() << '\n';
    return EXIT_FAILURE;
}

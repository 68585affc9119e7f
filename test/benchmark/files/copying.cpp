// Distributed under the Boost Software License, Version 1.0.
#include "copying.hpp"

#include "copiers.hpp"
#include "process.hpp"
#include "rounds.hpp"
#include "sources.hpp"
#include "system.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <stdexcept>

#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace benchmark::files {

namespace {

struct copier
{
    std::string name;
    std::vector<std::string> command; ///< before the names of the files
    bool is_cp;
};

struct copy_sample
{
    double wall_seconds; ///< from the start of the process to its end
    double cpu_seconds;
    double other_cores;
    double allocated;     ///< bytes on the disk
    double start_seconds; ///< of which so much to copy a page
};

using copying = series<copier, copy_sample>;

/// Gives what the process used.
rusage run(const std::vector<std::string>& arguments)
{
    std::vector<char*> words;
    for (const std::string& argument : arguments)
        words.push_back(const_cast<char*>(argument.c_str()));
    words.push_back(nullptr);
    pid_t id = -1;
    if (const int error = ::posix_spawnp(&id, words.front(), nullptr, nullptr, words.data(), environ); error != 0)
        throw std::runtime_error{arguments.front() + " can't be started"};
    int status = 0;
    rusage used{};
    check(::wait4(id, &status, 0, &used), "wait4");
    if (status != 0)
        throw std::runtime_error{arguments.front() + " has failed"};
    return used;
}

double seconds(const timeval& of)
{
    return static_cast<double>(of.tv_sec) + 1e-6 * static_cast<double>(of.tv_usec);
}

copy_sample measure_once(const copier& who, const std::filesystem::path& source)
{
    const std::filesystem::path target = source.string() + "-copy";
    std::filesystem::remove(target);
    std::vector<std::string> arguments = who.command;
    arguments.insert(arguments.end(), {source, target});
    const double busy_before = machine_cpu_seconds();
    const auto began = std::chrono::steady_clock::now();
    const rusage used = run(arguments);
    const double took = std::chrono::duration<double>{std::chrono::steady_clock::now() - began}.count();
    const double cpu = seconds(used.ru_utime) + seconds(used.ru_stime);
    const copy_sample result{.wall_seconds = took,
                             .cpu_seconds = cpu,
                             .other_cores = std::max(0.0, machine_cpu_seconds() - busy_before - cpu) / took,
                             .allocated = static_cast<double>(allocated_bytes(target)),
                             .start_seconds = 0};
    compare_files(source, target);
    std::filesystem::remove(target);
    return result;
}

copy_sample measure(const copier& who, const std::filesystem::path& source)
{
    const std::filesystem::path page = source.string() + "-page";
    if (!std::filesystem::exists(page))
        make_file(page, 4 * kib);
    std::vector<double> starts;
    for (int i = 0; i != 5; ++i)
        starts.push_back(measure_once(who, page).wall_seconds);
    copy_sample result = measure_once(who, source);
    result.start_seconds = median(std::move(starts));
    return result;
}

std::vector<copier> copiers(const settings& with, const std::vector<std::string>& cp)
{
    std::vector<copier> result;
    for (const built_in_copier& b : built_in_copiers())
        result.push_back({b.name, {KERNEL_COPY_FILE_COPIER, b.name}, false});
    for (const std::string& option : cp)
        result.push_back({"cp " + option, {"cp", option}, true});
    select(result, with.only);
    return result;
}

void print_table(const std::string& what, const std::vector<copying>& all, std::uint64_t bytes)
{
    const auto wall = [](const copy_sample& s) { return s.wall_seconds; };
    const auto cpu = [](const copy_sample& s) { return s.cpu_seconds; };
    const copying* cp = nullptr;
    for (const copying& c : all)
        if (c.who.is_cp && (cp == nullptr || median_of(c, wall) < median_of(*cp, wall)))
            cp = &c;
    const auto milli = [](const figure<copying>& f) { return [=](const copy_sample& s) { return f(s) * 1e3; }; };
    const std::vector<column<copying>> columns{
        by_median<copying>("wall ms", 1, milli(wall)),
        by_median<copying>("of a page", 1, milli([](const copy_sample& s) { return s.start_seconds; })),
        by_median<copying>("CPU ms", 1, milli(cpu)),
        by_median<copying>("MiB on disk", 1,
                           [](const copy_sample& s) { return s.allocated / static_cast<double>(mib); }),
        by_spread<copying>(wall),
        by_median<copying>("others", 2, [](const copy_sample& s) { return s.other_cores; }),
        by_ratio<copying>("/ cp", cp, wall),
        by_ratio<copying>("CPU / cp", cp, cpu)};
    std::printf(
        "\n%s: %s, %zu rounds.\nMedians of processes from start to end; spread and / cp of the wall time; * marks "
        "the best cp.\n",
        what.c_str(), in_units(bytes).c_str(), all.front().samples.size());
    print_rows(all, columns, [&](const copying& c) { return std::string{&c == cp ? "   *" : ""}; });
}

} // namespace

bool compare_copiers(const std::string& what, const settings& with, const std::filesystem::path& source,
                     const std::vector<std::string>& cp)
{
    bool all_well = true;
    const std::vector<copying> all = measure_rounds<copy_sample>(
        copiers(with, cp), with.rounds,
        [&](const copier& who) { return measure_quietly(with.quiet_below, [&] { return measure(who, source); }); },
        [&](const copier& who, const std::exception& why) {
            std::cerr << who.name << ", " << what << ": " << why.what() << '\n';
            all_well = false;
        });
    if (!all.empty())
        print_table(what, all, std::filesystem::file_size(source));
    return all_well;
}

} // namespace benchmark::files

// Distributed under the Boost Software License, Version 1.0.
#include "measurement.hpp"

#include "client.hpp"
#include "loopback.hpp"
#include "system.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <stdexcept>

#include <unistd.h>

namespace benchmark::files {

namespace {

/// Of sorted values.
double percentile(const std::vector<double>& of, std::size_t hundredths)
{
    return of[std::min(of.size() - 1, of.size() * hundredths / 100)];
}

} // namespace

running_server start(const built_in& what, const std::vector<std::string>& files, bool no_delay)
{
    const listener at = listen_on_loopback();
    set_reno(at.descriptor);
    std::vector<std::string> arguments{"/proc/self/exe", "--serve", what.name, "--listen-descriptor", "3"};
    for (const std::string& file : files)
        arguments.insert(arguments.end(), {"--file", file});
    if (no_delay)
        arguments.emplace_back("--no-delay");
    auto started = std::make_unique<process>(arguments, at.descriptor);
    ::close(at.descriptor);
    return {std::move(started), at.port};
}

sample measure_load(const process& server, const std::function<std::vector<double>()>& load)
{
    struct cpu_times
    {
        double server;
        double all;
        double machine;
    };
    const auto cpu = [&] {
        const double of_server = server.cpu_seconds();
        return cpu_times{of_server, of_server + cpu_seconds_of(::getpid()), machine_cpu_seconds()};
    };
    const cpu_times before = cpu();
    const auto began = std::chrono::steady_clock::now();
    std::vector<double> seconds = load();
    const double took = std::chrono::duration<double>{std::chrono::steady_clock::now() - began}.count();
    const cpu_times after = cpu();
    std::sort(seconds.begin(), seconds.end());
    const double all = after.all - before.all;
    return {.cpu_seconds = after.server - before.server,
            .all_cpu_seconds = all,
            .wall_seconds = took,
            .other_cores = std::max(0.0, after.machine - before.machine - all) / took,
            .p50_seconds = percentile(seconds, 50),
            .p99_seconds = percentile(seconds, 99),
            .longest_seconds = seconds.back(),
            .answers = static_cast<double>(seconds.size()),
            .p50_alone_seconds = 0,
            .p99_alone_seconds = 0,
            .stream_bytes_per_second = 0};
}

sample measure(const built_in& who, const scenario& what, const std::string& file)
try
{
    const running_server server = start(who, {file}, what.no_delay);
    const connections to{server.port, what.connections};
    const range_sequence ranges{what.length, what.header, std::filesystem::file_size(file)};
    for (const int socket : to.sockets())
        check_answer(socket, {0, what.header, 4 * kib, std::min(what.length, mib)}, file);
    return measure_load(*server.running, [&] { return run_closed_loops(to.sockets(), ranges, what.transfers); });
}
catch (const std::exception& e)
{
    throw std::runtime_error{who.name + ", " + what.name + ": " + e.what()};
}

} // namespace benchmark::files

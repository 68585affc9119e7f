// Distributed under the Boost Software License, Version 1.0.
#include "cold.hpp"

#include "disks.hpp"
#include "report.hpp"
#include "rounds.hpp"
#include "serving.hpp"
#include "streams.hpp"
#include "units.hpp"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <thread>

namespace benchmark::files {

namespace {

constexpr unsigned cold_files = 8;
constexpr request small{0, 0, 0, kib}; ///< of the first file, which is warm; the others are cold

std::vector<double> ask_for(double seconds, int socket)
{
    std::vector<double> result;
    const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>{seconds};
    while (std::chrono::steady_clock::now() < end)
        result.push_back(run_closed_loops({socket}, range_sequence{small.length, 0, small.length}, 1).front());
    return result;
}

/// A disk whose files are not in memory: one for each server, as reads that one has begun go on when it has ended.
using new_disk = std::function<std::unique_ptr<disk>()>;

sample measure(const built_in& who, double seconds, const new_disk& make, std::uint64_t file_size)
{
    const std::unique_ptr<disk> on = make();
    std::vector<std::string> files;
    for (unsigned i = 0; i != 1 + cold_files; ++i)
        files.push_back(on->path(std::to_string(i)));
    running_server server = start(who, files, true);
    if ((who.takes_part_in & part::cold_alone) != 0)
    {
        streams cold{server.port, 1, cold_files, file_size};
        std::this_thread::sleep_for(std::chrono::duration<double>{seconds});
        sample result{};
        result.stream_bytes_per_second = cold.stop();
        server.running.reset(); // before its connections are closed, of which it would complain
        return result;
    }
    server.running->put_first(); // a disk that is played by processes must not take the processors, too
    const connections warm{server.port, 1};
    const int socket = warm.sockets().front();
    check_answer(socket, small, files.front()); // which makes it warm
    const sample alone = measure_load(*server.running, [&] { return ask_for(seconds / 2, socket); });
    std::optional<running_server> other;
    if ((who.takes_part_in & part::cold_apart) != 0)
        other = start(blocking_threads(), files, true);
    streams cold{other ? other->port : server.port, 1, cold_files, file_size};
    sample result = measure_load(*server.running, [&] { return ask_for(seconds, socket); });
    result.stream_bytes_per_second = cold.stop();
    server.running.reset();
    other.reset();
    result.p50_alone_seconds = alone.p50_seconds;
    result.p99_alone_seconds = alone.p99_seconds;
    return result;
}

void print_table(const std::string& name, const std::vector<serving>& all)
{
    const auto of_answers = [](const char* title, int digits, const figure<serving>& f) {
        return by_median<serving>(title, digits, [=](const sample& s) {
            return s.answers == 0 ? std::numeric_limits<double>::quiet_NaN() : f(s);
        });
    };
    const auto milli = [&](const char* title, double sample::*of) {
        return of_answers(title, 3, [=](const sample& s) { return s.*of * 1e3; });
    };
    const auto speed = [](const sample& s) { return s.stream_bytes_per_second; };
    const serving* threads = nullptr;
    for (const serving& s : all)
        if ((s.who.takes_part_in & part::cold_alone) != 0)
            threads = &s;
    std::printf(
        "\n%s: warm ranges of %s, one after the other, while %u cold files are sent; %zu rounds.\nMedians; ms of a "
        "range without and with the cold files; MiB/s of all cold files, and compared with the threads'.\n",
        name.c_str(), in_units(small.length).c_str(), cold_files, all.front().samples.size());
    const std::vector<serving_column> columns{
        milli("p50 alone", &sample::p50_alone_seconds),
        milli("p99 alone", &sample::p99_alone_seconds),
        milli("p50", &sample::p50_seconds),
        milli("p99", &sample::p99_seconds),
        milli("max", &sample::longest_seconds),
        of_answers("answers/s", 0, [](const sample& s) { return s.answers / s.wall_seconds; }),
        by_median<serving>("MiB/s", 1, [=](const sample& s) { return speed(s) / static_cast<double>(mib); }),
        by_ratio<serving>("/ threads", threads, speed),
        of_answers("others", 2, [](const sample& s) { return s.other_cores; })};
    print_rows(all, columns, [](const serving&) { return std::string{}; });
}

bool compare(const std::string& name, const settings& with, const new_disk& make, std::uint64_t file_size)
{
    bool all_well = true;
    const std::vector<serving> all = measure_rounds<sample>(
        servers(part::cold | part::cold_alone | part::cold_apart, with), with.rounds,
        [&](const built_in& who) {
            return measure_quietly(with.quiet_below, [&] { return measure(who, with.cold_seconds, make, file_size); });
        },
        [&](const built_in& who, const std::exception& why) {
            std::cerr << who.name << ", " << name << ": " << why.what() << '\n';
            all_well = false;
        });
    if (!all.empty())
        print_table(name, all);
    return all_well;
}

} // namespace

bool compare_with_cold_files(const settings& with, const std::filesystem::path& directory)
{
    if (const std::string why = why_no_slow_disk(); !why.empty())
    {
        std::printf("\ncold: skipped, %s\n", why.c_str());
        return true;
    }
    // More than comes in the time.
    const auto file_size = static_cast<std::uint64_t>(std::ceil(with.cold_seconds * 8)) * 4 * mib;
    constexpr unsigned files = 1 + cold_files;
    const bool well = compare(
        "cold, FUSE", with, [=] { return make_slow_fuse(files, file_size); }, file_size);
    const std::filesystem::path image = directory / "ext4-image";
    make_ext4_image(image, files, file_size);
    return compare(
               "cold, ext4 on a loop device", with, [&] { return make_slow_ext4(image); }, file_size) &&
           well;
}

} // namespace benchmark::files

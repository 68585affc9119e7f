// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_FILES_MEASUREMENT_HPP
#define KERNEL_COPY_TEST_BENCHMARK_FILES_MEASUREMENT_HPP

#include "comparison.hpp"
#include "process.hpp"
#include "scenario.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace benchmark::files {

/// What one run of a server cost.
struct sample
{
    double cpu_seconds;     ///< of the server while the load ran
    double all_cpu_seconds; ///< and of the client
    double wall_seconds;    ///< of the load
    double other_cores;     ///< that processes which have nothing to do with it kept busy meanwhile
    double p50_seconds;     ///< from a request to the last byte of the answer
    double p99_seconds;
    double longest_seconds;
    double answers;
    // Where cold files are sent meanwhile
    double p50_alone_seconds; ///< without them
    double p99_alone_seconds;
    double stream_bytes_per_second; ///< of all of them
};

using serving = series<built_in, sample>;

/// This program in a new process, by what `--serve` does.
struct running_server
{
    std::unique_ptr<process> running;
    std::uint16_t port;
};
running_server start(const built_in& what, const std::vector<std::string>& files, bool no_delay);

/// Serves ranges of a warm file. Throws if a byte is missing.
sample measure(const built_in& who, const scenario& what, const std::string& file);

/// Measures a server around a load, which gives the seconds that each answer took.
sample measure_load(const process& server, const std::function<std::vector<double>()>& load);

} // namespace benchmark::files

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_MEASUREMENT_HPP
#define KERNEL_COPY_TEST_BENCHMARK_MEASUREMENT_HPP

#include "contender.hpp"

namespace benchmark {

/// What one run of a contender cost its process.
struct sample
{
    double cpu_seconds;     ///< user and system
    double wall_seconds;    ///< until the mover had handed over its last byte
    double all_cpu_seconds; ///< of the mover and its peers, their beginnings and ends included
    double sleeps;          ///< voluntary context switches of the mover
    call_counts calls;
};

/// The files of the scenarios, in a directory of the caller's; they go with the object.
class files
{
public:
    files(const std::string& directory, std::uint64_t bytes);
    files(const files&) = delete;
    files& operator=(const files&) = delete;
    ~files();

    [[nodiscard]] int open_source() const;
    [[nodiscard]] int open_empty_sink() const;
    [[nodiscard]] std::uint64_t sink_size() const;

private:
    std::string source_;
    std::string sink_;
};

/// Runs the contender in a process of its own; who produces and who receives are further processes. Throws
/// if a byte is missing.
sample measure(const contender& who, scenario what, const settings& with, const files& on);

} // namespace benchmark

#endif

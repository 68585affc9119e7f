// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_RELAY_MEASUREMENT_HPP
#define KERNEL_COPY_TEST_BENCHMARK_RELAY_MEASUREMENT_HPP

#include "contender.hpp"
#include "scenario.hpp"

namespace benchmark::relay {

/// What one run of a contender cost.
struct sample
{
    double cpu_seconds;     ///< of the relay while the load ran
    double all_cpu_seconds; ///< and of its client and server
    double wall_seconds;    ///< of the load
    double other_cores;     ///< that processes which have nothing to do with it kept busy meanwhile
    double p50_seconds;     ///< latency of a round trip
    double p99_seconds;
    double resident_bytes;    ///< that the relay has grown by, with all connections open
    double descriptors;       ///< likewise
    double cpu_seconds_alone; ///< without bystanders, where there are some
    bool keeps_half_open;
};

/// Runs the relay, a client and a server, each in a process of its own. Throws if a byte is missing.
sample measure(const contender& who, const scenario& what);

} // namespace benchmark::relay

#endif

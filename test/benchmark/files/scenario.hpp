// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_FILES_SCENARIO_HPP
#define KERNEL_COPY_TEST_BENCHMARK_FILES_SCENARIO_HPP

#include "built_in.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace benchmark::files {

struct settings
{
    unsigned rounds = 5;
    double quiet_below = 0;  ///< cores: what was measured while others used more is measured again; 0: nothing is
    std::uint64_t bytes = 0; ///< of the file
    std::uint64_t sparse_bytes = 0;    ///< of the sparse one
    std::uint64_t transfers = 0;       ///< of small ranges
    double cold_seconds = 0;           ///< how long each contender is loaded with cold files around
    std::vector<unsigned> connections; ///< instead of those of the scenarios that have a choice
    std::vector<std::string> only;     ///< parts of the names of those that run; all, if there are none
};

/// Closed loops: on each connection a range is asked for when the one before is there.
struct scenario
{
    std::string name;
    parts kind; ///< one of them
    unsigned connections;
    std::uint64_t length; ///< of each range
    std::uint32_t header;
    std::uint64_t transfers; ///< over all connections
    bool no_delay;           ///< at the server
};

inline constexpr std::array<std::string_view, 9> scenario_names{
    "serve-1g", "serve-1m", "serve-16k", "serve-1k", "latency-64k", "small", "file-to-file", "sparse", "cold"};

/// What is measured under the name of a scenario that serves warm ranges.
std::vector<scenario> serving_scenarios(std::string_view name, const settings& with);

} // namespace benchmark::files

#endif

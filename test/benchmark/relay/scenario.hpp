// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_RELAY_SCENARIO_HPP
#define KERNEL_COPY_TEST_BENCHMARK_RELAY_SCENARIO_HPP

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace benchmark::relay {

struct settings
{
    unsigned rounds = 5;
    double quiet_below = 0; ///< cores: what was measured while others used more is measured again; 0: nothing is
    std::vector<unsigned> connections; ///< instead of those of the scenarios that have a choice
    std::uint64_t bytes = 0;
    std::uint64_t stream_bytes = 0; ///< of small writes
    std::uint64_t round_trips = 0;
    std::uint64_t short_connections = 0;
    unsigned pairs = 0; ///< of idle
    unsigned busy = 0;  ///< of crowd
    unsigned crowd = 0; ///< those around them
    std::vector<std::string> only;
};

enum class load
{
    stream,    ///< to the upstream, by writes of `message` bytes
    ping_pong, ///< `message` bytes there, as many back, again and again
    shorts,    ///< a connection for `message` bytes there and as many back
    idle       ///< one exchange of `message` bytes, then nothing
};

struct scenario
{
    std::string name;
    load what;
    unsigned connections;
    std::uint64_t message;
    std::uint64_t amount;  ///< bytes, round trips or connections, over all connections
    unsigned bystanders{}; ///< more connections, which have moved a few bytes and are idle
};

inline constexpr std::array<std::string_view, 8> scenario_names{
    "bulk", "stream-512", "stream-1460", "ping-pong-64", "ping-pong-16k", "short", "idle", "crowd"};

/// What is measured under a name: one scenario for each number of connections.
std::vector<scenario> scenarios(std::string_view name, const settings& with);

} // namespace benchmark::relay

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_RELAY_CONTENDER_HPP
#define KERNEL_COPY_TEST_BENCHMARK_RELAY_CONTENDER_HPP

#include "built_in.hpp"
#include "process.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace benchmark::relay {

/// A process that listens at 127.0.0.1:port, or is about to, and passes on what arrives.
struct running_relay
{
    std::unique_ptr<benchmark::process> process;
    std::uint16_t port;
};

struct contender
{
    std::string name;
    family kind;
    std::function<running_relay(std::uint16_t upstream_port)> start;
};

/// This program in a new process, by what `--serve` does.
contender make_contender(const built_in& what);
/// Somebody else's program. In the command, {listen} and {upstream} are addresses and ports, as are
/// {listen_host}, {listen_port}, {upstream_host} and {upstream_port} by themselves.
contender make_contender(const std::string& name, const std::string& command);

} // namespace benchmark::relay

#endif

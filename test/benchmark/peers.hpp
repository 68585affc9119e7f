// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_PEERS_HPP
#define KERNEL_COPY_TEST_BENCHMARK_PEERS_HPP

#include "child.hpp"

#include <cstdint>

namespace benchmark {

/// Two ends of a TCP connection over 127.0.0.1, with Nagle's delay off.
descriptor_pair connected_pair();

/// Writes 64 KiB at a time, then ends the stream. Gives what it wrote.
std::uint64_t produce(int to, std::uint64_t bytes);
/// Reads 256 KiB at a time until the end, or has the kernel drop as much (MSG_TRUNC, tcp(7)).
std::uint64_t receive_all(int from, bool discard);

} // namespace benchmark

#endif

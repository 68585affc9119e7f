// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_OWN_NETWORK_HPP
#define KERNEL_COPY_TEST_BENCHMARK_OWN_NETWORK_HPP

namespace benchmark {

/// Moves the process, and those that it starts, into a network of its own that has a loopback device and Reno: with a
/// congestion control that paces (BBR), as some systems prefer, the rhythm of a connection is another each time, and so
/// is its CPU time. False without the rights to do so; then all is as before.
bool enter_own_network();

} // namespace benchmark

#endif

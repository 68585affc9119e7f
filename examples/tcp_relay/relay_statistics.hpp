// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_EXAMPLE_RELAY_STATISTICS_HPP
#define KERNEL_COPY_EXAMPLE_RELAY_STATISTICS_HPP

#include "../common/statistics.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <iosfwd>

namespace kernel_copy::example {

/// How a connection ended.
enum class ending : std::size_t
{
    complete,       ///< both sides have ended
    connect_failed, ///< there was no upstream, or not in time
    timed_out,      ///< nothing has moved for too long
    reset           ///< by one side, by an error, or by the end of the program
};

/// What one thread counts. Each thread has its own, because a counter that all of them write is slow.
struct relay_statistics
{
    std::atomic<std::uint64_t> accepted = 0;
    std::atomic<std::uint64_t> connected = 0; ///< to the upstream
    std::atomic<std::uint64_t> complete = 0;
    std::atomic<std::uint64_t> connect_failed = 0;
    std::atomic<std::uint64_t> timed_out = 0;
    std::atomic<std::uint64_t> reset = 0;
    statistics to_upstream{};
    statistics to_client{};

    void count(ending how) noexcept;
};

/// The sums of all threads.
struct relay_statistics_sum
{
    std::uint64_t connections = 0;
    std::uint64_t open = 0;
    std::uint64_t connected = 0;
    std::uint64_t complete = 0;
    std::uint64_t connect_failed = 0;
    std::uint64_t timed_out = 0;
    std::uint64_t reset = 0;
    std::uint64_t to_upstream = 0; ///< bytes
    std::uint64_t to_client = 0;   ///< bytes
    statistics_sum moved{};

    relay_statistics_sum& operator+=(const relay_statistics& s) noexcept;
};

/// One line of key=value pairs. connections are those that were accepted; each is open, or has ended in one of
/// the ways that `ending` names.
std::ostream& operator<<(std::ostream& out, const relay_statistics_sum& s);

} // namespace kernel_copy::example

#endif

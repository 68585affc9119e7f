// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_EXAMPLE_STATISTICS_HPP
#define KERNEL_COPY_EXAMPLE_STATISTICS_HPP

#include <kernel_copy/monitor.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <iosfwd>

namespace kernel_copy::example {

/// What the plain loop did. Readable from any thread, as a monitor is.
struct plain_counts
{
    std::atomic<std::uint64_t> bytes = 0;
    std::atomic<std::uint64_t> reads = 0;
    std::atomic<std::uint64_t> writes = 0;
};

/// What a program, or a part of one, moves: all its copies together.
struct statistics
{
    kernel_copy::monitor monitor{};
    plain_counts plain{};

    [[nodiscard]] std::uint64_t bytes() const noexcept { return monitor.delivered() + plain.bytes; }
};

/// The sums of some statistics, as they were when they were added.
struct statistics_sum
{
    std::uint64_t bytes = 0;
    std::uint64_t memory_bytes = 0;
    std::array<std::uint64_t, method_count> method_bytes{};
    std::array<std::uint64_t, method_count> method_calls{};
    std::uint64_t plain_bytes = 0;
    std::uint64_t plain_reads = 0;
    std::uint64_t plain_writes = 0;
    std::uint64_t system_calls = 0;
    std::uint64_t waits = 0;

    statistics_sum& operator+=(const statistics& s) noexcept;
};

/// One line of key=value pairs. cpu_seconds are those of the whole process, user and system.
std::ostream& operator<<(std::ostream& out, const statistics_sum& s);
std::ostream& operator<<(std::ostream& out, const statistics& s);

} // namespace kernel_copy::example

#endif

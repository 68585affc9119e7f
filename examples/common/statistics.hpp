// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_EXAMPLE_STATISTICS_HPP
#define KERNEL_COPY_EXAMPLE_STATISTICS_HPP

#include <kernel_copy/monitor.hpp>

#include <cstdint>
#include <iosfwd>

namespace kernel_copy::example {

/// What the plain loop did.
struct plain_counts
{
    std::uint64_t bytes = 0;
    std::uint64_t reads = 0;
    std::uint64_t writes = 0;
};

/// What a program moved, all its copies together.
struct statistics
{
    kernel_copy::monitor monitor{};
    plain_counts plain{};

    [[nodiscard]] std::uint64_t bytes() const noexcept { return monitor.delivered() + plain.bytes; }
};

/// One line of key=value pairs. cpu_seconds are those of the whole process, user and system.
std::ostream& operator<<(std::ostream& out, const statistics& s);

} // namespace kernel_copy::example

#endif

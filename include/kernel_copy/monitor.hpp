// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_MONITOR_HPP
#define KERNEL_COPY_MONITOR_HPP

#include <kernel_copy/detail/config.hpp>
#include <kernel_copy/error.hpp>
#include <kernel_copy/method.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>

namespace kernel_copy::inline v0 {

namespace detail {
class monitor_writer;
}

/// Live counters of one copy, or the sums of many.
///
/// Owned by the caller and named in copy_options. They grow after every system call, can be read from
/// any thread at any time, and stay after the operation has ended, whether well or not. Operations
/// that share a monitor add to the same counters. Each counter is read by itself: two that are read one
/// after the other may lie a call apart while an operation runs.
class monitor
{
public:
    monitor() = default;
    monitor(const monitor&) = delete;
    monitor& operator=(const monitor&) = delete;

    /// Bytes taken out of the source. Never less than delivered() once the operation has ended.
    [[nodiscard]] std::uint64_t taken() const noexcept { return read(taken_); }
    /// Bytes that the sink has accepted.
    [[nodiscard]] std::uint64_t delivered() const noexcept { return read(delivered_); }
    /// Bytes taken and not delivered: in a pipe or a buffer, or lost to the copy if it has ended.
    [[nodiscard]] std::uint64_t in_flight() const noexcept
    {
        const std::uint64_t arrived = delivered(); // first, because it follows the other
        const std::uint64_t left = taken();
        return left > arrived ? left - arrived : 0;
    }
    /// Of the delivered bytes, those that a view or a read buffer held in memory when the copy began.
    [[nodiscard]] std::uint64_t drained() const noexcept { return read(drained_); }

    /// Bytes that a method delivered.
    [[nodiscard]] std::uint64_t bytes(method m) const noexcept { return read(bytes_[index(m)]); }
    /// Transfer calls that a method made, those that moved nothing included.
    [[nodiscard]] std::uint64_t calls(method m) const noexcept { return read(calls_[index(m)]); }
    /// System calls that the library made: transfers, questions (fstat, poll), pipes. Asio's own are not in it.
    [[nodiscard]] std::uint64_t system_calls() const noexcept { return read(system_calls_); }
    /// How often the operation waited for readiness.
    [[nodiscard]] std::uint64_t waits() const noexcept { return read(waits_); }
    /// How often the operation let other handlers run because its turn budget was spent.
    [[nodiscard]] std::uint64_t yields() const noexcept { return read(yields_); }

    /// The method in use, or the last that was.
    [[nodiscard]] KERNEL_COPY_DECL std::optional<method> current() const noexcept;
    /// Why a method was given up, the last time; no error if it never was.
    [[nodiscard]] KERNEL_COPY_DECL error_code given_up(method m) const noexcept;

private:
    friend class detail::monitor_writer;
    using counter = std::atomic<std::uint64_t>;

    static std::uint64_t read(const counter& c) noexcept { return c.load(std::memory_order_relaxed); }
    static constexpr std::size_t index(method m) noexcept { return static_cast<std::size_t>(m); }

    counter taken_{0};
    counter delivered_{0};
    counter drained_{0};
    counter system_calls_{0};
    counter waits_{0};
    counter yields_{0};
    std::array<counter, method_count> bytes_{};
    std::array<counter, method_count> calls_{};
    std::array<std::atomic<int>, method_count> given_up_{};
    std::atomic<int> current_{-1};
};

} // namespace kernel_copy::inline v0

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_RELAY_OPTIONS_HPP
#define KERNEL_COPY_RELAY_OPTIONS_HPP

#include <kernel_copy/error.hpp>
#include <kernel_copy/options.hpp>

#include <chrono>
#include <cstdint>

namespace kernel_copy::inline v0 {

/// What a caller can say about a relay. An aggregate, made for designated initialisers:
/// `async_kernel_relay(client, upstream, {.idle_timeout = 60s, .half_close_timeout = 10s}, token)`.
struct relay_options
{
    /// How long both directions together may move nothing before the relay ends with asio::error::timed_out. Every
    /// byte counts, those that only the kernel has seen included. 0: as long as it takes.
    std::chrono::nanoseconds idle_timeout{0};

    /// The same once one of the directions has ended: what ends relays whose other peer never does. The shorter of
    /// the two limits holds. 0: there is no such limit.
    std::chrono::nanoseconds half_close_timeout{0};

    /// Of each direction by itself: methods, turn, buffer, rate, monitor.
    copy_options a_to_b{};
    copy_options b_to_a{}; ///< The same of the other.
};

/// How one direction of a relay ended.
struct relay_direction
{
    /// Delivered to its sink.
    std::uint64_t bytes = 0;
    /// None if its source ended and all was delivered; asio::error::operation_aborted if the relay ended first.
    error_code error{};
};

/// How a relay ended.
struct relay_result
{
    relay_direction a_to_b{}; ///< read from `a`, the first end, and written to `b`
    relay_direction b_to_a{}; ///< and back
};

} // namespace kernel_copy::inline v0

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_ERRNO_POLICY_HPP
#define KERNEL_COPY_DETAIL_ERRNO_POLICY_HPP

#include <kernel_copy/error.hpp>
#include <kernel_copy/method.hpp>

namespace kernel_copy::inline v0::detail {

/// What a failed call means for the method that made it.
enum class verdict : unsigned char
{
    wait,      ///< EAGAIN: one of the ends is not ready
    hand_over, ///< not for these descriptors: the next method goes on
    probe,     ///< perhaps not on this system at all: find out, then hand over
    fail       ///< an error of the copy
};

/// The one table of errnos. A failing call has moved nothing, and every method leaves file positions where
/// its bytes ended, so handing over is right at any count.
[[nodiscard]] verdict judge(method by, const error_code& error) noexcept;

} // namespace kernel_copy::inline v0::detail

#endif

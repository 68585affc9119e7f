// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_SEND_SMALL_HPP
#define KERNEL_COPY_DETAIL_SEND_SMALL_HPP

#include <kernel_copy/detail/config.hpp>
#include <kernel_copy/detail/typeless_ends.hpp>
#include <kernel_copy/options.hpp>

#include <cstdint>
#include <optional>

namespace kernel_copy::inline v0::detail {

/// Bytes: a file up to this size goes to a socket by a read and a send, which cost less than to ask whether it is in memory
/// and to map its pages; and with it what a view holds before it, up to that size.
inline constexpr std::uint64_t small_file = 16 * 1024;
inline constexpr std::uint64_t small_header = 8 * 1024;

/// Sends a small range of a file to a socket, if it is in memory, together with what a view holds before it: one read,
/// one send, one segment. Says how the copy has ended with that. Whatever else it meets it leaves to a pump, which finds
/// everything as it was but for what `counts` says.
[[nodiscard]] KERNEL_COPY_DECL std::optional<error_code>
send_small(progress& counts, const source_end& source, const copy_options& options, descriptor_pair descriptors);

} // namespace kernel_copy::inline v0::detail

#endif

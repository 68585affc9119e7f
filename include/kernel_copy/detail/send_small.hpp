// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_SEND_SMALL_HPP
#define KERNEL_COPY_DETAIL_SEND_SMALL_HPP

#include <kernel_copy/detail/config.hpp>
#include <kernel_copy/detail/pump.hpp>

#include <optional>

namespace kernel_copy::inline v0::detail {

/// Sends a small range of a file to a socket, if it is in memory, together with what a view holds before it: one read,
/// one send, one segment. Says how the copy has ended with that. Whatever else it meets it leaves to a pump, which finds
/// everything as it was but for what `counts` says.
[[nodiscard]] KERNEL_COPY_DECL std::optional<error_code>
send_small(progress& counts, const source_end& source, const copy_options& options, descriptor_pair descriptors);

} // namespace kernel_copy::inline v0::detail

#endif

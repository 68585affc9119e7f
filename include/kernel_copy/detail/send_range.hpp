// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_SEND_RANGE_HPP
#define KERNEL_COPY_DETAIL_SEND_RANGE_HPP

#include <kernel_copy/detail/config.hpp>
#include <kernel_copy/detail/pump.hpp>
#include <kernel_copy/detail/typeless_ends.hpp>
#include <kernel_copy/options.hpp>

#include <optional>

namespace kernel_copy::inline v0::detail {

/// Sends a range of a file to a socket, together with what a view holds before it, if it is in memory and the socket takes
/// it whole: no engine is made for it, and no operation. Says how the copy has ended with that. Whatever else it meets it
/// leaves to a pump, which finds everything as it was but for what `done` says.
[[nodiscard]] KERNEL_COPY_DECL std::optional<error_code>
send_range(const source_end& source, const copy_options& options, descriptor_pair descriptors, parked_pump& done);

} // namespace kernel_copy::inline v0::detail

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_WHOLE_RANGE_HPP
#define KERNEL_COPY_DETAIL_WHOLE_RANGE_HPP

#include <kernel_copy/detail/facts.hpp>
#include <kernel_copy/detail/progress.hpp>

#include <cstdint>
#include <span>

namespace kernel_copy::inline v0::detail {

/// Bytes: a file up to this size goes to a socket by a read and a send, which cost less than to ask whether it is in memory
/// and to map its pages; and with it what a view holds before it, up to that size.
inline constexpr std::uint64_t small_file = 16 * 1024;
inline constexpr std::uint64_t small_header = 8 * 1024;

/// What may go to a socket in one piece, before there is an engine: bytes that a view holds in memory, then all of a range
/// of a file.
struct whole_range
{
    method by = method::buffer; ///< a read and a send; or sendfile
    std::uint64_t header = 0;   ///< bytes in memory
    std::uint64_t length = 0;   ///< bytes of the file; 0: nothing may
};

/// `setup` says where the range begins and what the file holds as far as that is known, and that the sink is a socket.
[[nodiscard]] whole_range find_whole_range(const copy_setup& setup, const progress& counts,
                                           std::span<const source_layer> layers);

} // namespace kernel_copy::inline v0::detail

#endif

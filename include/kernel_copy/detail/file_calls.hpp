// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_FILE_CALLS_HPP
#define KERNEL_COPY_DETAIL_FILE_CALLS_HPP

#include <kernel_copy/detail/transfer_call.hpp>

namespace kernel_copy::inline v0::detail {

// What takes several system calls between two files. Positions move by all of it, or by nothing where there is an
// error. The monitor counts one.

[[nodiscard]] call_result clone_range(kernel& k, const transfer_call& call);
[[nodiscard]] call_result skip_hole(kernel& k, const transfer_call& call);
/// A transfer that begins with a hole.
[[nodiscard]] call_result transfer_behind_hole(kernel& k, const transfer_call& call);
/// Moves no positions.
[[nodiscard]] event find_data(kernel& k, const transfer_call& call);

} // namespace kernel_copy::inline v0::detail

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_PASS_ON_HPP
#define KERNEL_COPY_DETAIL_PASS_ON_HPP

#include <kernel_copy/detail/action.hpp>
#include <kernel_copy/detail/config.hpp>
#include <kernel_copy/detail/pump.hpp>
#include <kernel_copy/detail/scratch.hpp>
#include <kernel_copy/detail/typeless_ends.hpp>
#include <kernel_copy/options.hpp>

namespace kernel_copy::inline v0::detail {

/// Makes of the place for a pump between two sockets, with nothing around them, a small copy that is to be passed on; or
/// leaves it as it is, if a pump has to look at it first.
KERNEL_COPY_DECL void begin_small(parked_pump& place, const copy_options& options, descriptor_pair descriptors);

/// Runs the small copy there after a wait that has ended with `e`, or from the beginning. Gives wait_source or finish; or
/// hand_over: a pump goes on, `e` is what it is to be told, and `buffer` holds what is in flight.
[[nodiscard]] KERNEL_COPY_DECL action_kind pass_on(parked_pump& place, const copy_options& options,
                                                   descriptor_pair descriptors, scratch& buffer, event& e);

} // namespace kernel_copy::inline v0::detail

#endif

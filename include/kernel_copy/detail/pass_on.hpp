// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_PASS_ON_HPP
#define KERNEL_COPY_DETAIL_PASS_ON_HPP

#include <kernel_copy/detail/action.hpp>
#include <kernel_copy/detail/config.hpp>
#include <kernel_copy/detail/scratch.hpp>
#include <kernel_copy/detail/small_copy.hpp>
#include <kernel_copy/detail/typeless_ends.hpp>
#include <kernel_copy/options.hpp>

namespace kernel_copy::inline v0::detail {

/// Runs a small copy after a wait that has ended with `e`. True if it waits again. Otherwise a pump goes on: `e` is what
/// it is to be told, and `buffer` holds what is in flight.
[[nodiscard]] KERNEL_COPY_DECL bool pass_on(small_copy& copy, const copy_options& options, descriptor_pair descriptors,
                                            scratch& buffer, event& e);

} // namespace kernel_copy::inline v0::detail

#endif

// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/kernel.hpp>

namespace kernel_copy::inline v0::detail {

// A duplicate, which is waited for as the original would be. While it is open the other end of a pipe does not see that
// this one has been closed.
call_result kernel::open_watch(int descriptor, bool&)
{
    return duplicate(descriptor);
}

} // namespace kernel_copy::inline v0::detail

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_SRC_KERNEL_RETRY_HPP
#define KERNEL_COPY_SRC_KERNEL_RETRY_HPP

#include <kernel_copy/detail/kernel.hpp>

#include <cerrno>

namespace kernel_copy::inline v0::detail {

/// Makes a call until no signal interrupts it.
template <class Call>
call_result retry(Call call)
{
    for (;;)
    {
        const auto result = call();
        if (result >= 0)
            return {.bytes = static_cast<std::uint64_t>(result), .error = 0};
        if (errno != EINTR)
            return {.bytes = 0, .error = errno};
    }
}

} // namespace kernel_copy::inline v0::detail

#endif

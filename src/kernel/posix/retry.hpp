// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_SRC_KERNEL_POSIX_RETRY_HPP
#define KERNEL_COPY_SRC_KERNEL_POSIX_RETRY_HPP

#include <kernel_copy/detail/kernel.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>

#include <sys/types.h>

namespace kernel_copy::inline v0::detail {

static_assert(sizeof(off_t) == 8, "file offsets have 64 bits");

/// No call asks for more than 1 GiB, which addresses of 32 bits can hold.
[[nodiscard]] constexpr std::size_t size_of(std::uint64_t length) noexcept
{
    return static_cast<std::size_t>(length);
}

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

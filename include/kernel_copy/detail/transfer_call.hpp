// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_TRANSFER_CALL_HPP
#define KERNEL_COPY_DETAIL_TRANSFER_CALL_HPP

#include <kernel_copy/detail/action.hpp>
#include <kernel_copy/detail/config.hpp>
#include <kernel_copy/detail/kernel.hpp>
#include <kernel_copy/detail/signal_guard.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace kernel_copy::inline v0::detail {

class reopened;

/// One transfer with all that it takes, so that a worker can make it without touching anything else.
struct transfer_call
{
    action what{};
    int source = -1;
    int sink = -1;
    std::uint64_t offset = 0;
    bool has_offset = false;     ///< else the source's own position
    bool signals_matter = false; ///< SIGPIPE or SIGXFSZ, raised by it, would do something
    reopened* lookout = nullptr; ///< to search the source for holes
    std::byte* to = nullptr;
    std::span<const std::byte> from{};

    /// Asks the kernel.
    [[nodiscard]] call_result make(kernel& k) const;
    /// The same on a worker: how it went, and how long it took.
    [[nodiscard]] KERNEL_COPY_DECL event make_on_worker(kernel& k) const;
};

/// As the engine hears of it.
[[nodiscard]] inline event outcome_of(const call_result& result) noexcept
{
    return {.bytes = result.bytes, .error = result.error == 0 ? error_code{} : errno_code(result.error)};
}

} // namespace kernel_copy::inline v0::detail

#endif

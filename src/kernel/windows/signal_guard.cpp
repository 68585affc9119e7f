// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/signal_guard.hpp>

/// No call raises a signal here.
namespace kernel_copy::inline v0::detail {

signals_blocked::signals_blocked() noexcept : before_{}, blocked_{true} {}

signals_blocked::~signals_blocked() = default;

bool raised_signals_matter(end_kind) noexcept
{
    return false;
}

bool signals_have_mattered() noexcept
{
    return false;
}

void signal_guard::block() noexcept
{
    armed_ = true;
}

void signal_guard::note(const call_result&, std::uint64_t) noexcept {}

unsigned signal_guard::disarm() noexcept
{
    armed_ = false;
    return 0;
}

} // namespace kernel_copy::inline v0::detail

// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/adaptive.hpp>

#include <algorithm>

namespace kernel_copy::inline v0::detail {

void adaptive::was_read(std::uint64_t bytes, std::uint64_t asked, std::uint64_t capacity) noexcept
{
    if (bytes < asked)
        streak_ = 0;
    else if (bytes == capacity && streak_ < highest_price) // the rest of a turn or of a limit says nothing
        ++streak_;
}

void adaptive::was_filled(std::uint64_t bytes, std::uint64_t asked) noexcept
{
    const bool small = bytes < std::min(small_fill, asked);
    small_fills_ = small ? static_cast<std::uint16_t>(small_fills_ + 1) : std::uint16_t{0};
    if (!small && good_fills_ < fills_that_pay && ++good_fills_ == fills_that_pay)
        price_ = least_price;
}

void adaptive::was_refused() noexcept
{
    streak_ = 0;
    price_ = static_cast<std::uint16_t>(std::min(price_ * 2u, highest_price));
}

void adaptive::entered_pipe() noexcept
{
    small_fills_ = 0;
    good_fills_ = 0;
}

void adaptive::left_pipe() noexcept
{
    streak_ = 0;
    small_fills_ = 0;
    if (good_fills_ < fills_that_pay)
        price_ = static_cast<std::uint16_t>(std::min(price_ * 2u, highest_price));
}

} // namespace kernel_copy::inline v0::detail

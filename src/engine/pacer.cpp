// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/pacer.hpp>

#include <kernel_copy/detail/progress.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace kernel_copy::inline v0::detail {

namespace {

constexpr std::uint64_t second = 1'000'000'000;

} // namespace

std::uint64_t pacer::piece() const noexcept
{
    return std::max<std::uint64_t>(rate_ / 20, 1);
}

std::uint64_t pacer::most() const noexcept
{
    return std::max<std::uint64_t>(rate_ / 10, 1);
}

// What is earned is counted to the part of a byte, or short steps would earn nothing, or more than the rate.
void pacer::tell_time(std::uint64_t now) noexcept
{
    if (!std::exchange(started_, true))
    {
        now_ = now;
        credit_ = piece();
        return;
    }
    const std::uint64_t passed = std::min(now - std::min(now, now_), second); // in which all credit is earned
    now_ = now;
    const std::uint64_t parts = passed * (rate_ % second) + fraction_;
    const std::uint64_t earned = passed * (rate_ / second) + parts / second;
    const bool full = earned >= most() - credit_;
    credit_ = full ? most() : credit_ + earned;
    fraction_ = full ? 0 : parts % second;
}

std::uint64_t pacer::allowance() const noexcept
{
    if (rate_ == 0)
        return no_limit;
    return credit_ < piece() ? 0 : credit_;
}

std::uint64_t pacer::pause() const noexcept
{
    const std::uint64_t missing = piece() - std::min(piece(), credit_);
    if (missing > std::numeric_limits<std::uint64_t>::max() / second) // a rate at which a nanosecond is many bytes
        return missing / (rate_ / second) + 1;
    return (missing * second - std::min(fraction_, missing * second)) / rate_ + 1;
}

void pacer::spend(std::uint64_t n) noexcept
{
    if (rate_ != 0)
        credit_ -= std::min(credit_, n);
}

} // namespace kernel_copy::inline v0::detail

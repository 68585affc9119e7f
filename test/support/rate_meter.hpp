// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_RATE_METER_HPP
#define KERNEL_COPY_TEST_SUPPORT_RATE_METER_HPP

#include <support/scenario.hpp>

#include <algorithm>
#include <cstdint>

namespace kernel_copy::test {

/// What a rate allows: over any window no more than its length is worth, and a tenth of a second's worth more.
class rate_meter
{
public:
    /// 0: no rate.
    explicit rate_meter(std::uint64_t bytes_per_second, std::uint64_t now = 0)
        : rate_{bytes_per_second}, burst_{std::max(static_cast<long double>(rate_) / 10, 1.0L)}, level_{burst_},
          now_{now}
    {}

    void tell_time(std::uint64_t now)
    {
        const auto passed = static_cast<long double>(now - now_);
        level_ = std::min(burst_, level_ + passed * static_cast<long double>(rate_) / 1'000'000'000);
        now_ = now;
    }

    void spend(std::uint64_t n)
    {
        level_ -= static_cast<long double>(n);
        require(rate_ == 0 || level_ > -rounding, "more is taken than the rate allows");
    }

    [[nodiscard]] bool limits() const { return rate_ != 0; }
    /// The longest that a pause can be called for, in nanoseconds.
    [[nodiscard]] std::uint64_t longest_pause() const
    {
        return std::max<std::uint64_t>(50'000'000, 1'000'000'000 / rate_) + 2;
    }

private:
    static constexpr long double rounding = 0.01L;

    std::uint64_t rate_;
    long double burst_;
    long double level_;
    std::uint64_t now_;
};

} // namespace kernel_copy::test

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_PACER_HPP
#define KERNEL_COPY_DETAIL_PACER_HPP

#include <cstdint>

namespace kernel_copy::inline v0::detail {

/// Spreads bytes over time: what may be taken so that a rate is kept. Knows no clock; is told what it says.
///
/// Credit grows with time up to a tenth of a second's worth, so that a copy that was held up does not make up for
/// it in one burst, and is paid out in pieces of a twentieth, so that a slow rate does not mean a call a byte.
class pacer
{
public:
    /// 0 bytes a second: as fast as it goes.
    explicit pacer(std::uint64_t bytes_per_second) noexcept : rate_{bytes_per_second} {}

    [[nodiscard]] bool limits() const noexcept { return rate_ != 0; }
    /// `now` in nanoseconds, of any steady clock.
    void tell_time(std::uint64_t now) noexcept;
    /// What may be taken now.
    [[nodiscard]] std::uint64_t allowance() const noexcept;
    /// Nanoseconds until a piece may be taken. Meaningful when nothing may.
    [[nodiscard]] std::uint64_t pause() const noexcept;
    void spend(std::uint64_t n) noexcept;

private:
    [[nodiscard]] std::uint64_t piece() const noexcept;
    [[nodiscard]] std::uint64_t most() const noexcept;

    std::uint64_t rate_;
    std::uint64_t credit_ = 0;
    std::uint64_t now_ = 0;      ///< up to which the credit has been given
    std::uint64_t fraction_ = 0; ///< of a byte, beyond the credit, in billionths
    bool started_ = false;
};

} // namespace kernel_copy::inline v0::detail

#endif

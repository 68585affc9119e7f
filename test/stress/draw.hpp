// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_STRESS_DRAW_HPP
#define KERNEL_COPY_TEST_STRESS_DRAW_HPP

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace soak {

/// What comes next, from a seed: the same on every machine.
class draw
{
public:
    explicit draw(std::uint64_t seed) noexcept : state_{seed} {}

    std::uint64_t next() noexcept
    {
        state_ += 0x9E3779B97F4A7C15u;
        std::uint64_t mixed = state_;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
        return mixed ^ (mixed >> 31);
    }
    std::uint64_t below(std::uint64_t n) noexcept { return next() % n; }
    std::uint64_t between(std::uint64_t least, std::uint64_t most) noexcept { return least + below(most - least + 1); }
    bool one_in(std::uint64_t n) noexcept { return below(n) == 0; }

    /// Every order of magnitude as likely as another.
    std::uint64_t any_size(std::uint64_t least, std::uint64_t most) noexcept
    {
        const std::uint64_t bits = between(width(least), width(most));
        const std::uint64_t low = bits == 0 ? 0 : std::uint64_t{1} << (bits - 1);
        return between(std::max(low, least), std::min(bits == 0 ? 0 : 2 * low - 1, most));
    }

    template <class T, std::size_t N>
    const T& of(const T (&choices)[N]) noexcept
    {
        return choices[below(N)];
    }

    draw fork() noexcept { return draw{next()}; }

private:
    static std::uint64_t width(std::uint64_t n) noexcept { return static_cast<std::uint64_t>(std::bit_width(n)); }

    std::uint64_t state_;
};

} // namespace soak

#endif

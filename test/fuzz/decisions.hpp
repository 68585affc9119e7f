// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_FUZZ_DECISIONS_HPP
#define KERNEL_COPY_TEST_FUZZ_DECISIONS_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace kernel_copy::test {

/// What a fuzzer says, read as decisions. Any bytes will do; where they end, everything else is decided by 0.
class decisions
{
public:
    explicit decisions(std::span<const std::uint8_t> bytes) : bytes_{bytes} {}

    [[nodiscard]] bool empty() const { return bytes_.empty(); }

    std::uint8_t byte()
    {
        if (bytes_.empty())
            return 0;
        const std::uint8_t first = bytes_.front();
        bytes_ = bytes_.subspan(1);
        return first;
    }

    bool flag() { return (byte() & 1) != 0; }
    /// One of `n` things.
    std::size_t below(std::size_t n) { return byte() % n; }

    template <class T, std::size_t N>
    const T& pick(const std::array<T, N>& from)
    {
        return from[below(N)];
    }

    /// A small number, one near a power of two, where buffers, pages and limits end, or a large one.
    std::uint64_t number()
    {
        const std::uint8_t how = byte();
        const std::uint64_t low = byte();
        const unsigned exponent = how & 31;
        switch (how >> 5)
        {
        case 0:
        case 1:
            return low;
        case 2:
        case 3:
        case 4:
            return around(std::uint64_t{1} << exponent, low);
        default:
            return low << (exponent % 24);
        }
    }
    std::uint64_t number(std::uint64_t least, std::uint64_t most) { return std::clamp(number(), least, most); }
    /// As near to `middle` as a byte tells.
    std::uint64_t near(std::uint64_t middle) { return around(middle, byte()); }

private:
    static std::uint64_t around(std::uint64_t middle, std::uint64_t low)
    {
        return middle + low < 128 ? 0 : middle + low - 128;
    }

    std::span<const std::uint8_t> bytes_;
};

} // namespace kernel_copy::test

#endif

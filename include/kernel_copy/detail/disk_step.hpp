// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_DISK_STEP_HPP
#define KERNEL_COPY_DETAIL_DISK_STEP_HPP

#include <algorithm>
#include <cstdint>

namespace kernel_copy::inline v0::detail {

/// How much a worker is asked for at once. Its steps are to take long beside the way to it and back, which takes some 20
/// microseconds, and short for who asks the operation to stop, watches its counters, or waits for the same worker.
class disk_step
{
public:
    /// Does it leave time for more?
    [[nodiscard]] static constexpr bool is_short(std::uint64_t nanoseconds) noexcept { return nanoseconds < short_; }

    [[nodiscard]] std::uint64_t length() const noexcept { return length_; }

    /// The last step was made by who asked for it, because no worker could be given what it takes.
    [[nodiscard]] bool is_made_here() const noexcept { return made_here_; }

    /// After a step that was asked for `asked` bytes; 0 nanoseconds if no worker has made it.
    void took(std::uint64_t bytes, std::uint64_t asked, std::uint64_t nanoseconds) noexcept
    {
        made_here_ = nanoseconds == 0;
        if (made_here_)
            return;
        if (nanoseconds > long_)
            length_ = std::max(length_ / 2, least);
        else if (is_short(nanoseconds) && bytes == asked && asked >= length_)
            length_ = std::min(length_ * 2, most);
    }

private:
    static constexpr std::uint64_t least = 64 * 1024;
    static constexpr std::uint64_t first = 128 * 1024; // what the kernel reads ahead
    static constexpr std::uint64_t most = 16 * 1024 * 1024;
    static constexpr std::uint64_t short_ = 5'000'000;
    static constexpr std::uint64_t long_ = 40'000'000;

    std::uint64_t length_ = first;
    bool made_here_ = false;
};

} // namespace kernel_copy::inline v0::detail

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_FILE_MEMORY_HPP
#define KERNEL_COPY_DETAIL_FILE_MEMORY_HPP

#include <kernel_copy/detail/warm_stretch.hpp>

#include <atomic>
#include <cstdint>

namespace kernel_copy::inline v0::detail {

/// What a copy that reads a file finds out, for those that read it after. Several may be at work, each on its own thread.
class file_memory
{
public:
    /// Of a regular file that is open for reading, when it was last asked; 0: it was not, or it is none.
    [[nodiscard]] std::uint64_t size() const noexcept { return size_.load(std::memory_order_relaxed); }
    void keep_size(std::uint64_t bytes) noexcept { size_.store(bytes, std::memory_order_relaxed); }

    /// What of it was last found in memory. Nobody waits: where another is just looking, nothing is known.
    [[nodiscard]] warm_stretch warm() noexcept
    {
        warm_stretch known;
        if (!busy_.exchange(true, std::memory_order_acquire))
        {
            known = warm_;
            busy_.store(false, std::memory_order_release);
        }
        return known;
    }
    void keep_warm(const warm_stretch& found) noexcept
    {
        if (busy_.exchange(true, std::memory_order_acquire))
            return;
        warm_ = found;
        busy_.store(false, std::memory_order_release);
    }

    void forget() noexcept
    {
        keep_size(0);
        keep_warm({});
    }

private:
    std::atomic<std::uint64_t> size_{0};
    std::atomic<bool> busy_{false};
    warm_stretch warm_{};
};

} // namespace kernel_copy::inline v0::detail

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_SCRATCH_HPP
#define KERNEL_COPY_DETAIL_SCRATCH_HPP

#include <kernel_copy/detail/config.hpp>

#include <cstddef>
#include <utility>

namespace kernel_copy::inline v0::detail {

/// A buffer that a thread lends. Who has nothing in it gives it back at once, so that the operations of a thread
/// share one; who has bytes in it keeps it, with no copy made, and the thread finds another for the rest.
class scratch
{
public:
    scratch() = default;
    scratch(const scratch&) = delete;
    scratch& operator=(const scratch&) = delete;
    ~scratch() { give_back(); }

    /// At least `size` bytes, if it has none yet. False if there is no memory.
    [[nodiscard]] bool take(std::size_t size) noexcept { return data_ != nullptr || find(size); }
    void give_back() noexcept
    {
        if (data_ != nullptr)
            put();
    }

    void swap(scratch& other) noexcept
    {
        std::swap(data_, other.data_);
        std::swap(spare_, other.spare_);
    }

    [[nodiscard]] std::byte* data() const noexcept { return data_; }

private:
    KERNEL_COPY_DECL bool find(std::size_t size) noexcept;
    KERNEL_COPY_DECL void put() noexcept;

    std::byte* data_ = nullptr;
    bool spare_ = false; ///< it has the size that threads lend
};

/// Memory for the machinery of one copy, which a copy that waits for its source does without.
[[nodiscard]] KERNEL_COPY_DECL void* lend_machinery(std::size_t size);
KERNEL_COPY_DECL void take_back_machinery(void* memory, std::size_t size) noexcept;

} // namespace kernel_copy::inline v0::detail

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_PROGRESS_HPP
#define KERNEL_COPY_DETAIL_PROGRESS_HPP

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace kernel_copy::inline v0::detail {

inline constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

/// Bytes that a view or a read buffer holds in memory, without its type.
struct memory_ref
{
    void* object = nullptr;
    std::size_t (*size)(void* object) = nullptr;
    /// The front of the bytes; where they can't be shown in place they are copied into `scratch`.
    std::span<const std::byte> (*peek)(void* object, std::span<std::byte> scratch) = nullptr;
    void (*consume)(void* object, std::size_t n) = nullptr;
    bool needs_scratch = false;
};

/// One wrapper around a source, outermost first: a limit on all that is inside it, or bytes in memory
/// that go before all that is inside it.
struct source_layer
{
    std::uint64_t* limit = nullptr; ///< what remains of it
    bool exact = false;             ///< ending before the limit is an error
    bool ends = false;              ///< all that is inside of it has ended: only the memory is left
    memory_ref memory{};

    [[nodiscard]] std::size_t held() const { return memory.object != nullptr ? memory.size(memory.object) : 0; }
};

/// The one owner of the counts: taken, delivered, every limit, and the position of an explicit range.
///
/// Each limit is exact at any moment: it has shrunk by what was taken from inside it. What is in flight
/// is derived.
class progress
{
public:
    /// `position` is advanced by what is taken from the innermost source; null if that has a cursor of its own.
    progress(std::span<const source_layer> layers, std::uint64_t* position) noexcept
        : layers_{layers}, position_{position}
    {}

    /// As it was when another counted so much.
    void go_on_from(std::uint64_t taken, std::uint64_t delivered, std::uint64_t drained) noexcept
    {
        taken_ = taken;
        delivered_ = delivered;
        from_innermost_ = taken - drained;
    }

    [[nodiscard]] std::uint64_t taken() const noexcept { return taken_; }
    [[nodiscard]] std::uint64_t delivered() const noexcept { return delivered_; }
    [[nodiscard]] std::uint64_t in_flight() const noexcept { return taken_ - delivered_; }
    [[nodiscard]] std::uint64_t taken_from_innermost() const noexcept { return from_innermost_; }
    /// Of the delivered bytes, those that memory held.
    [[nodiscard]] std::uint64_t drained() const noexcept { return taken_ - from_innermost_; }
    [[nodiscard]] bool has_position() const noexcept { return position_ != nullptr; }

    /// What the limits leave for the innermost source. Meaningful when nothing is left in memory.
    [[nodiscard]] std::uint64_t allowed() const noexcept { return layers_.empty() ? no_limit : least_limit(); }
    /// The outermost bytes in memory that the limits let through, or null.
    [[nodiscard]] const source_layer* front() const;
    /// How much of front() the limits let through.
    [[nodiscard]] std::uint64_t front_length() const;
    /// What the limits leave for the innermost source when so much of front() is gone.
    [[nodiscard]] std::uint64_t allowed_behind(std::uint64_t n) const;
    /// Is an exact limit unsatisfied, now that the source is at its end or at an inner limit?
    [[nodiscard]] bool truncated() const noexcept;

    /// Bytes of front() have reached the sink.
    void delivered_from_memory(std::uint64_t n);
    void took(std::uint64_t n) noexcept;
    void gave_back(std::uint64_t n) noexcept;
    void delivered(std::uint64_t n) noexcept { delivered_ += n; }

private:
    [[nodiscard]] std::uint64_t least_limit() const noexcept;

    std::span<const source_layer> layers_;
    std::uint64_t* position_;
    std::uint64_t taken_ = 0;
    std::uint64_t delivered_ = 0;
    std::uint64_t from_innermost_ = 0;
};

} // namespace kernel_copy::inline v0::detail

#endif

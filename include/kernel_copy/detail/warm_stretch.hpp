// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_WARM_STRETCH_HPP
#define KERNEL_COPY_DETAIL_WARM_STRETCH_HPP

#include <algorithm>
#include <cstdint>

namespace kernel_copy::inline v0::detail {

/// What of a file was in memory when the kernel was asked. Pages leave memory, so that it is believed for a short time.
/// Two calls cost more than a walk over a few hundred pages: behind a stretch that was warm, and of use in that time, the
/// next question is for twice as much.
class warm_stretch
{
public:
    static constexpr std::uint64_t believed_for = 10'000'000; ///< nanoseconds
    /// Of a first question: where one page is missing, all of this counts as cold.
    static constexpr std::uint64_t first_asked = 1024 * 1024;
    /// Of any, which walks over all its pages (4 KiB pages that are there: 2 microseconds a MiB).
    static constexpr std::uint64_t most_asked = 8 * 1024 * 1024;

    /// `now` in nanoseconds, of any steady clock.
    void tell_time(std::uint64_t now) noexcept { now_ = now; }

    /// How much is believed to be there from a position on; 0: it has to be asked.
    [[nodiscard]] std::uint64_t left(std::uint64_t position) const noexcept
    {
        const bool holds = position >= begin_ && position < end_ && now_ - asked_at_ <= believed_for;
        return holds ? end_ - position : 0;
    }

    /// Was nothing found there just now, when no more was asked for than had to be there?
    [[nodiscard]] bool is_cold(std::uint64_t position) const noexcept
    {
        return position == begin_ && begin_ == end_ && asked_ != 0 && asked_ == least_ &&
               now_ - asked_at_ <= believed_for;
    }

    /// For how much the kernel is asked: `least`, or more of what can be asked for, which is `most`.
    std::uint64_t ask(std::uint64_t position, std::uint64_t least, std::uint64_t most) noexcept
    {
        const bool goes_on = position >= begin_ && position <= end_;
        const std::uint64_t used = goes_on ? position - begin_ : 0;
        const bool all_there = end_ - begin_ == asked_;
        const std::uint64_t likely = position != end_ ? used : all_there ? 2 * used : 0;
        asked_ = std::max(least, std::min({likely, most, most_asked}));
        least_ = least;
        begin_ = end_ = position;
        return asked_;
    }

    /// So much is there. False if the file counts as cold; of a question for more than was needed that can't be told.
    [[nodiscard]] bool found(std::uint64_t n) noexcept
    {
        end_ = begin_ + n;
        asked_at_ = now_;
        return n != 0 || asked_ > least_;
    }

private:
    std::uint64_t now_ = 0;
    std::uint64_t asked_at_ = 0;
    std::uint64_t begin_ = 0;
    std::uint64_t end_ = 0;
    std::uint64_t asked_ = 0; ///< for so much, of which there were least_ that had to be
    std::uint64_t least_ = 0;
};

} // namespace kernel_copy::inline v0::detail

#endif

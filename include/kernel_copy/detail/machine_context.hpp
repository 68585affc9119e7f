// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_MACHINE_CONTEXT_HPP
#define KERNEL_COPY_DETAIL_MACHINE_CONTEXT_HPP

#include <kernel_copy/detail/action.hpp>
#include <kernel_copy/detail/adaptive.hpp>
#include <kernel_copy/detail/disk_step.hpp>
#include <kernel_copy/detail/facts.hpp>
#include <kernel_copy/detail/pacer.hpp>
#include <kernel_copy/detail/progress.hpp>
#include <kernel_copy/detail/warm_stretch.hpp>

#include <algorithm>
#include <cstdint>

namespace kernel_copy::inline v0::detail {

/// What may be moved before other handlers get their turn.
class turn
{
public:
    explicit turn(std::uint64_t budget) noexcept : budget_{budget}, left_{budget} {}

    void start() noexcept
    {
        left_ = budget_;
        calls_left_ = most_calls;
    }
    /// After each call that moved something. A peer that sends single bytes uses the turn up by calls.
    void spend(std::uint64_t n) noexcept { left_ = --calls_left_ == 0 ? 0 : left_ - std::min(n, left_); }
    [[nodiscard]] std::uint64_t left() const noexcept { return left_; }
    [[nodiscard]] std::uint64_t budget() const noexcept { return budget_; }

private:
    static constexpr unsigned most_calls = 128;

    std::uint64_t budget_;
    std::uint64_t left_;
    unsigned calls_left_ = most_calls;
};

/// The most that one call is asked for: copy_file_range computes offset plus length, and lengths beyond
/// 0x7ffff000 are cut short by the kernel or refused (copy_file_range(2), sendfile(2)).
inline constexpr std::uint64_t call_cap = std::uint64_t{1} << 30;

/// At its known end a file is asked whether it has grown, without knowing what of that is in memory: not for much.
inline constexpr std::uint64_t growth_probe = 4096;

/// Bytes in flight that a machine holds: in a buffer or in a pipe, one of two.
struct held_bytes
{
    action_kind save = action_kind::save_buffer;
    unsigned char half = 0;
    std::uint64_t length = 0;
    std::uint64_t offset = 0; ///< in the buffer
};

/// What the machines of one operation share. Only one machine runs at a time.
struct machine_context
{
    machine_context(const copy_setup& setup, const progress& begin) noexcept;
    /// Between two sockets.
    machine_context(const copy_terms& terms, const progress& begin) noexcept
        : counts{begin}, turn{terms.turn_budget}, pacer{terms.bytes_per_second}, known_end{0},
          buffer_size{terms.buffer_size}, pipe_capacity{terms.pipe_capacity}, source{end_kind::stream_socket},
          sink{end_kind::stream_socket}, keeps_residue{terms.keeps_residue}
    {}

    progress counts;
    detail::turn turn;
    detail::pacer pacer;
    std::uint64_t known_end; ///< what a regular file held beyond its position when it was looked at
    std::uint64_t buffer_size;
    std::uint64_t pipe_capacity;
    end_kind source;
    end_kind sink;
    place reads = place::here;      ///< of a file; here_if_ready: on a worker unless it is known not to wait
    place writes = place::here;     ///< to a file
    std::uint64_t source_start = 0; ///< the position of a file when the copy began
    bool has_holes = false;         ///< the source looks like it
    disk_step step{};
    warm_stretch warm{};
    detail::adaptive adaptive{};
    bool keeps_residue;
    bool stopping = false;      ///< take no more
    bool ends_when_dry = false; ///< take no more once the source has nothing ready
    bool source_waits = false;  ///< the source has said EAGAIN: it can be waited for
    bool held_back = false;     ///< the sink was told that more comes, and may hold back what it has

    /// Nothing further may be taken: a limit is reached or a stop was asked for.
    [[nodiscard]] bool done_taking() const noexcept { return stopping || counts.allowed() == 0; }
    /// What the next call that takes from the source may ask for; 0 when the turn is spent, or the rate.
    [[nodiscard]] std::uint64_t next_length() const noexcept
    {
        return std::min({counts.allowed(), turn.left(), pacer.allowance(), call_cap});
    }
    /// The same of a worker, which holds up nobody but itself. Where none could do it the turn counts.
    [[nodiscard]] std::uint64_t worker_length() const noexcept
    {
        const std::uint64_t in_turn = step.is_made_here() ? turn.left() : call_cap;
        return std::min({counts.allowed(), step.length(), pacer.allowance(), in_turn});
    }
    [[nodiscard]] std::uint64_t length_at(place where) const noexcept
    {
        return where == place::worker ? worker_length() : next_length();
    }
    /// What the next transfer from end to end may ask for.
    [[nodiscard]] std::uint64_t transfer_length(method by) const noexcept;
    /// Where a file is read next.
    [[nodiscard]] std::uint64_t source_position() const noexcept
    {
        return source_start + counts.taken_from_innermost();
    }
    /// What a regular file is known to hold beyond what was taken; 0 when that is not known.
    [[nodiscard]] std::uint64_t known_rest() const noexcept;
    /// Has it given all that it was known to hold? To ask whether it has grown, just there, takes no disk.
    [[nodiscard]] bool at_known_end() const noexcept
    {
        return known_end != 0 && counts.taken_from_innermost() == known_end;
    }
    /// Whether a file can be read now without waiting for a disk, and how much of it.
    [[nodiscard]] action ask_warmth() noexcept;
    /// What to do when that is 0.
    [[nodiscard]] action pause() const noexcept;
    /// What it means that sendfile or splice has moved nothing.
    [[nodiscard]] action after_nothing() const noexcept;
    /// Bytes have been taken from the source.
    void took(std::uint64_t n) noexcept
    {
        counts.took(n);
        pacer.spend(n);
    }
    /// Bytes have reached the sink.
    void delivered(std::uint64_t n) noexcept
    {
        counts.delivered(n);
        turn.spend(n);
    }
    /// Both at once.
    void moved(std::uint64_t n) noexcept
    {
        took(n);
        delivered(n);
    }
    /// A transfer that was asked for so much has run where files are written.
    void stepped(std::uint64_t n, std::uint64_t asked, std::uint64_t nanoseconds) noexcept
    {
        if (writes == place::worker)
            step.took(n, asked, nanoseconds);
    }
};

} // namespace kernel_copy::inline v0::detail

#endif

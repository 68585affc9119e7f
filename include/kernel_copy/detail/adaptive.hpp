// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_ADAPTIVE_HPP
#define KERNEL_COPY_DETAIL_ADAPTIVE_HPP

#include <cstdint>

namespace kernel_copy::inline v0::detail {

/// Between two sockets: when a pipe costs less than memory. Small messages are copied, with no pipe; bulk is spliced.
///
/// Each change is made with nothing in flight. A change to the pipe that did not pay off, or could not be had,
/// makes the next one twice as dear, so that a stream on the verge settles where it is cheap.
class adaptive
{
public:
    /// Off: one method to the end.
    adaptive() noexcept = default;

    void enable() noexcept { on_ = true; }
    /// For good: a pipe does not serve these sockets.
    void disable() noexcept { on_ = false; }
    [[nodiscard]] bool enabled() const noexcept { return on_; }

    /// After a read that was asked for `asked` bytes, into a buffer of `capacity`.
    void was_read(std::uint64_t bytes, std::uint64_t asked, std::uint64_t capacity) noexcept;
    /// After a read that brought less than it was asked for.
    void was_short() noexcept { streak_ = 0; }
    /// After a fill of the pipe, which was asked for `asked` bytes.
    void was_filled(std::uint64_t bytes, std::uint64_t asked) noexcept;
    /// No pipe was to be had.
    void was_refused() noexcept;

    [[nodiscard]] bool wants_pipe() const noexcept { return on_ && streak_ >= price_; }
    [[nodiscard]] bool wants_memory() const noexcept { return on_ && small_fills_ >= most_small_fills; }

    void entered_pipe() noexcept;
    void left_pipe() noexcept;

private:
    // Measured with test/benchmark/relay (bulk and streams of 1460 and 512 bytes, 1 and 64 connections, 9 rounds; CPU of
    // the relay to that of the best bare C splice). A price of 1, 2, 4, 16 full reads: bulk 1.09, 1.15, 1.03, 1.11 at
    // one connection, within the noise, and 1.29, 1.34, 1.60, 1.91 at 64 that move 3 MiB each; never splicing 1.54 and
    // 3.80; streams 1.07 to 1.15 throughout. Small fills of 2, 4, 16, 64 KiB: 1.17, 1.14, 1.08, 1.10 for 512 bytes at 64
    // connections, and no difference elsewhere.
    static constexpr unsigned least_price = 2;
    static constexpr unsigned highest_price = 1024;
    static constexpr unsigned most_small_fills = 4;
    static constexpr std::uint64_t small_fill = 16 * 1024;
    static constexpr unsigned fills_that_pay = 64;

    bool on_ = false;
    std::uint16_t price_ = least_price; ///< full reads in a row that a pipe costs
    std::uint16_t streak_ = 0;          ///< full reads in a row
    std::uint16_t small_fills_ = 0;     ///< in a row
    std::uint16_t good_fills_ = 0;      ///< since the pipe was taken
};

} // namespace kernel_copy::inline v0::detail

#endif

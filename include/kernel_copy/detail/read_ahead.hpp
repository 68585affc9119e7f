// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_READ_AHEAD_HPP
#define KERNEL_COPY_DETAIL_READ_AHEAD_HPP

#include <kernel_copy/detail/machine_context.hpp>

#include <array>
#include <cstdint>

namespace kernel_copy::inline v0::detail {

/// Where a read may take long, at an end without a descriptor or a file whose disk works: into one half is read while
/// the other is written out, so that a slow end does not idle the other. The halves are two buffers; or, from a file,
/// two pipes, and nothing is copied.
///
/// Calls of the two sides overlap; each answers for its side. The copy is over only when none is under way.
class read_ahead
{
public:
    /// By method::buffer through memory; by another through pipes, from a file that has been found to be cold.
    explicit read_ahead(machine_context& context, method by = method::buffer) noexcept
        : context_{context}, by_{by}, known_cold_{by != method::buffer}
    {}
    /// How a call of one side went; what was only begun says nothing yet.
    void happened(const event& e);
    /// All has been delivered, and no more is to be had.
    [[nodiscard]] bool is_over() const noexcept { return !busy() && holds_nothing() && taking_is_over() && !goes(); }
    /// Ends now, as somebody has asked it to, unless it ends already.
    void stop() noexcept { ending_ = true; }
    /// The next thing to begin, or `await`.
    action again();
    [[nodiscard]] std::array<held_bytes, 2> held() const noexcept;
    [[nodiscard]] bool through_pipes() const noexcept { return by_ != method::buffer; }
    [[nodiscard]] bool has_source_ended() const noexcept { return ended_; }
    [[nodiscard]] bool has_sink_failed() const noexcept { return sink_failed_; }
    [[nodiscard]] bool is_under_way(call_side side) const noexcept
    {
        return (side == call_side::source ? reading_ : writing_) != call::none;
    }

private:
    enum class call : unsigned char
    {
        none,
        wait,
        transfer
    };

    /// What is asked and answered at once, in between.
    enum class question : unsigned char
    {
        none,
        warmth,
        pipe,
        growth,
        return_of_pipe,
        return_of_bytes
    };

    struct half
    {
        std::uint64_t from = 0;     ///< the first byte not yet written
        std::uint64_t to = 0;       ///< behind the last one read
        std::uint64_t capacity = 0; ///< of its pipe; 0 without one
        bool full = false;          ///< the last fill took all that the pipe is made for
        bool grown = false;
        [[nodiscard]] bool empty() const noexcept { return from == to; }
    };

    action wind_up();
    action leave();
    action pause();
    action return_pipe();
    action read(unsigned char into);
    action fill(unsigned char into);
    action write();
    action ask(question what, const action& how) noexcept;
    void answered(const event& e);
    void source_says(const event& e);
    void stream_ended(const event& e);
    void nothing_came();
    void source_failed(const error_code& error);
    void sink_says(const event& e);
    void sink_failed(const error_code& error, bool waited);
    void end(const error_code& error) noexcept;
    action take(const action& how) noexcept;
    [[nodiscard]] place place_of_read() const noexcept;
    [[nodiscard]] bool heeds_the_turn() const noexcept;
    [[nodiscard]] std::uint64_t next_delivery() const noexcept;
    [[nodiscard]] std::uint64_t room() const noexcept;
    void go(action_kind how, const error_code& why) noexcept;
    [[nodiscard]] bool busy() const noexcept { return reading_ != call::none || writing_ != call::none; }
    [[nodiscard]] bool holds_nothing() const noexcept { return halves_[0].empty() && halves_[1].empty(); }
    [[nodiscard]] bool goes() const noexcept { return leaving_.kind != action_kind::finish; }
    [[nodiscard]] half& front() noexcept { return halves_[front_]; }
    [[nodiscard]] const half& front() const noexcept { return halves_[front_]; }
    [[nodiscard]] half& back() noexcept { return halves_[1 - front_]; }
    [[nodiscard]] bool taking_is_over() const noexcept
    {
        return ended_ || end_.failed() || context_.done_taking() || ends_dry();
    }
    /// A stream can't tell whether it is dry; then it is.
    [[nodiscard]] bool ends_dry() const noexcept
    {
        return context_.ends_when_dry && (source_waits_ || context_.source == end_kind::stream);
    }

    machine_context& context_;
    half halves_[2]{};
    std::uint64_t asked_ = 0; ///< of the read under way
    error_code end_{};        ///< what the source ended with, if not well: it comes after the bytes
    action leaving_{};        ///< why another machine is to go on, with nothing in flight
    method by_;
    unsigned char front_ = 0;  ///< the half that is written out first
    unsigned char target_ = 0; ///< the half that is read into
    call reading_ = call::none;
    call writing_ = call::none;
    question asking_ = question::none;
    place read_at_ = place::here; ///< where the read under way runs
    bool known_cold_;             ///< what is read next has to wait for the disk
    bool source_waits_ = false;   ///< the source has nothing ready: its next call is a wait
    bool sink_waits_ = false;
    bool sink_refuses_ = false; ///< bytes out of a pipe
    bool no_second_pipe_ = false;
    bool ended_ = false;  ///< the source has
    bool ending_ = false; ///< whatever is still in flight
    bool sink_failed_ = false;
    bool cancelled_ = false; ///< the calls that were under way then have been asked to end
};

} // namespace kernel_copy::inline v0::detail

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_MACHINES_HPP
#define KERNEL_COPY_DETAIL_MACHINES_HPP

#include <kernel_copy/detail/action.hpp>
#include <kernel_copy/detail/adaptive.hpp>
#include <kernel_copy/detail/facts.hpp>
#include <kernel_copy/detail/pacer.hpp>
#include <kernel_copy/detail/progress.hpp>

#include <algorithm>
#include <cstdint>

namespace kernel_copy::detail {

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

private:
    static constexpr unsigned most_calls = 128;

    std::uint64_t budget_;
    std::uint64_t left_;
    unsigned calls_left_ = most_calls;
};

/// The most that one call is asked for: copy_file_range computes offset plus length, and lengths beyond
/// 0x7ffff000 are cut short by the kernel or refused (copy_file_range(2), sendfile(2)).
inline constexpr std::uint64_t call_cap = std::uint64_t{1} << 30;

/// What the machines of one operation share. Only one machine runs at a time.
struct machine_context
{
    machine_context(const copy_setup& setup, const progress& begin) noexcept;
    /// Between two sockets.
    machine_context(const copy_terms& terms, const progress& begin) noexcept
        : counts{begin}, turn{terms.turn_budget}, pacer{terms.bytes_per_second}, known_end{0},
          buffer_size{terms.buffer_size},
          pipe_capacity{terms.pipe_capacity}, source{end_kind::stream_socket}, sink{end_kind::stream_socket}
    {}

    progress counts;
    detail::turn turn;
    detail::pacer pacer;
    std::uint64_t known_end; ///< what a regular file held beyond its position when it was looked at
    std::uint64_t buffer_size;
    std::uint64_t pipe_capacity;
    end_kind source;
    end_kind sink;
    detail::adaptive adaptive{};
    bool stopping = false;      ///< take no more
    bool ends_when_dry = false; ///< take no more once the source has nothing ready
    bool source_waits = false;  ///< the source has said EAGAIN: it can be waited for

    /// Nothing further may be taken: a limit is reached or a stop was asked for.
    [[nodiscard]] bool done_taking() const noexcept { return stopping || counts.allowed() == 0; }
    /// What the next call that takes from the source may ask for; 0 when the turn is spent, or the rate.
    [[nodiscard]] std::uint64_t next_length() const noexcept
    {
        return std::min({counts.allowed(), turn.left(), pacer.allowance(), call_cap});
    }
    /// What to do when that is 0.
    [[nodiscard]] action pause() const noexcept;
    /// What a regular file is known to hold beyond what was taken; 0 when that is not known.
    [[nodiscard]] std::uint64_t known_rest() const noexcept;
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
};

/// What follows a failed transfer; `wait` if the end that is not ready is all that is wrong.
action after_failure(method by, const error_code& error, action_kind wait);

/// How often a transfer that says EAGAIN, while the ends that it could mean are ready, is tried again at once
/// before the next method takes over. Once or twice it is a race. A TCP socket at its urgent mark says so for
/// ever: only a receive steps over the mark.
inline constexpr unsigned most_unexplained = 8;

/// What a splice from this source means when it moves nothing. At TCP's urgent mark it moves nothing too, and with
/// the end of the stream behind the mark it says 0: a socket is looked at before its end is believed.
action after_nothing(end_kind source) noexcept;
/// What confirm_end has found.
action after_look(const event& e);

// The machines. resume() takes what the last transfer led to, again() comes after a pause (a wait, a yield,
// the beginning); both give the next action. Pauses themselves are the engine's affair.

/// Writes out what the source's wrappers hold in memory.
class memory_drain
{
public:
    explicit memory_drain(machine_context& context) noexcept : context_{context} {}
    action again();
    action resume(const event& e);

private:
    machine_context& context_;
};

/// copy_file_range, sendfile or splice from source to sink.
class direct_transfer
{
public:
    direct_transfer(machine_context& context, method by) noexcept : context_{context}, by_{by} {}
    action again();
    action resume(const event& e);

private:
    action moved(std::uint64_t n);
    action blocked();
    action ready(std::uint64_t which);

    machine_context& context_;
    method by_;
    bool moved_any_ = false;
    bool asking_ = false;      ///< the last action was ask_readiness
    bool looking_ = false;     ///< the last action was confirm_end
    unsigned unexplained_ = 0; ///< how often in a row its answer did not explain the EAGAIN
};

/// Socket to socket or file, through a pipe that is the operation's own while it holds bytes. The pipe is filled
/// only when it is empty and then drained fully, so that EAGAIN from a fill means that the source is dry; then it
/// is given back. It grows when a fill has taken as much as it is made for: only bulk is worth the pages.
class pipe_transfer
{
public:
    /// `woken`: the source has just been waited for.
    explicit pipe_transfer(machine_context& context, bool woken = false) noexcept : context_{context}, woken_{woken} {}
    action again();
    action resume(const event& e);

private:
    enum class step : unsigned char
    {
        moving,
        opening,
        growing,
        returning,
        asking, ///< ask_readiness
        looking ///< confirm_end
    };

    action ask(step next, action_kind kind) noexcept;
    action opened(const event& e);
    action without_pipe(action_kind next);
    action dry();
    action ready(const event& e);
    action filled(const event& e);
    action drained(const event& e);

    machine_context& context_;
    std::uint64_t capacity_ = 0; ///< of the pipe; 0 without one
    std::uint64_t asked_ = 0;
    step step_ = step::moving;
    action_kind then_ = action_kind::wait_source; ///< what the pipe is given back for
    bool woken_;                                  ///< the source has been waited for since it last gave something
    bool full_ = false;                           ///< the last fill took as much as the pipe is made for
    bool dry_ = false;                            ///< the last fill took all that the source had, most likely
    bool grown_ = false;                          ///< or it has been tried, with this pipe
    unsigned char unexplained_ = 0;               ///< how often in a row the source was ready and gave nothing
};

/// Through memory. Begins with what a pipe still holds, if a drain could not go on.
class buffer_transfer
{
public:
    explicit buffer_transfer(machine_context& context) noexcept
        : context_{context}, in_pipe_{context.counts.in_flight()}
    {}
    /// All that is in flight is in the buffer, which a read has put it into: `held` bytes.
    buffer_transfer(machine_context& context, std::uint64_t held) noexcept
        : context_{context}, held_{held}, dry_{held != 0}
    {}
    action again();
    action resume(const event& e);

private:
    action was_read(const event& e);
    action was_written(const event& e);
    [[nodiscard]] std::uint64_t unwritten() const noexcept { return context_.counts.in_flight() - in_pipe_; }

    machine_context& context_;
    std::uint64_t in_pipe_ = 0; ///< of what is in flight, the bytes that a pipe holds
    std::uint64_t held_ = 0;    ///< what the last read put into the buffer, written or not
    error_code end_{};          ///< a read brought bytes and an error: the error comes after the bytes
    bool dry_ = false;          ///< the last read took all that a socket had
};

/// Where an end has no descriptor: one buffer is read into while the other is written out, so that a slow end
/// does not idle the other. Calls of the two sides overlap; each answers for its side. The copy is over only when
/// none is under way.
class stream_transfer
{
public:
    explicit stream_transfer(machine_context& context) noexcept : context_{context} {}
    /// How a call of one side went; what was only begun says nothing yet.
    void happened(const event& e);
    /// All has been delivered, and no more is to be had.
    [[nodiscard]] bool is_over() const noexcept
    {
        return !busy() && halves_[0].empty() && halves_[1].empty() && taking_is_over();
    }
    /// Ends now, with this error unless another came first.
    void end(const error_code& error) noexcept;
    /// The next thing to begin, or `await`.
    action again();
    [[nodiscard]] bool sink_failed() const noexcept { return sink_failed_; }
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

    struct half
    {
        std::uint64_t from = 0; ///< the first byte not yet written
        std::uint64_t to = 0;   ///< behind the last one read
        [[nodiscard]] bool empty() const noexcept { return from == to; }
    };

    action wind_up();
    action read(unsigned char into);
    action write();
    void source_says(const event& e);
    void sink_says(const event& e);
    [[nodiscard]] bool busy() const noexcept { return reading_ != call::none || writing_ != call::none; }
    [[nodiscard]] half& front() noexcept { return halves_[front_]; }
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
    error_code end_{};         ///< what the source ended with, if not well: it comes after the bytes
    unsigned char front_ = 0;  ///< the half that is written out first
    unsigned char target_ = 0; ///< the half that is read into
    call reading_ = call::none;
    call writing_ = call::none;
    bool source_waits_ = false; ///< the source has nothing ready: its next call is a wait
    bool sink_waits_ = false;
    bool ended_ = false;  ///< the source has
    bool ending_ = false; ///< whatever is still in flight
    bool sink_failed_ = false;
    bool cancelled_ = false; ///< the calls that were under way then have been asked to end
};

} // namespace kernel_copy::detail

#endif

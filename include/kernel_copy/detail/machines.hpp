// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_MACHINES_HPP
#define KERNEL_COPY_DETAIL_MACHINES_HPP

#include <kernel_copy/detail/action.hpp>
#include <kernel_copy/detail/facts.hpp>
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

/// What the machines of one operation share. Only one machine runs at a time.
struct machine_context
{
    copy_setup setup;
    progress counts;
    detail::turn turn;
    bool stopping = false; ///< take no more

    /// Nothing further may be taken: a limit is reached or a stop was asked for.
    [[nodiscard]] bool done_taking() const noexcept { return stopping || counts.allowed() == 0; }
    /// What the next call that takes from the source may ask for; 0 when the turn is spent.
    [[nodiscard]] std::uint64_t next_length() const noexcept;
    /// What a regular file is known to hold beyond what was taken; 0 when that is not known.
    [[nodiscard]] std::uint64_t known_rest() const noexcept;
};

/// The most that one call is asked for: copy_file_range computes offset plus length, and lengths beyond
/// 0x7ffff000 are cut short by the kernel or refused (copy_file_range(2), sendfile(2)).
inline constexpr std::uint64_t call_cap = std::uint64_t{1} << 30;

/// What follows a failed transfer; `wait` if the end that is not ready is all that is wrong.
action after_failure(method by, const error_code& error, action_kind wait);

/// How often a transfer that says EAGAIN, while the ends that it could mean are ready, is tried again at once
/// before the next method takes over. Once or twice it is a race. A TCP socket at its urgent mark says so for
/// ever: only a receive steps over the mark.
inline constexpr unsigned most_unexplained = 8;

/// What a splice from this source means when it moves nothing. At TCP's urgent mark it moves nothing too, and with
/// the end of the stream behind the mark it says 0: a socket is looked at before its end is believed.
action after_nothing(const end_facts& source) noexcept;
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
    explicit direct_transfer(machine_context& context) noexcept : context_{context} {}
    void use(method by) noexcept
    {
        by_ = by;
        moved_any_ = false;
    }
    action again();
    action resume(const event& e);

private:
    action moved(std::uint64_t n);
    action blocked();
    action ready(std::uint64_t which);

    machine_context& context_;
    method by_ = method::copy_file_range;
    bool moved_any_ = false;
    bool asking_ = false;      ///< the last action was ask_readiness
    bool looking_ = false;     ///< the last action was confirm_end
    unsigned unexplained_ = 0; ///< how often in a row its answer did not explain the EAGAIN
};

/// Socket to socket or file, through a pipe of the operation's own. The pipe is filled only when it is
/// empty and then drained fully, so that EAGAIN from a fill means that the source is dry. It grows, once, when
/// a turn has been spent without a wait: only bulk is worth the pages.
class pipe_transfer
{
public:
    explicit pipe_transfer(machine_context& context) noexcept : context_{context} {}
    action again();
    action resume(const event& e);

private:
    action opened(const error_code& error);
    action grew();
    action dry();
    action ready(const event& e);
    action filled(const event& e);
    action drained(const event& e);

    machine_context& context_;
    bool open_ = false;
    bool woken_ = false;       ///< the source has been waited for since it last gave something
    bool asking_ = false;      ///< the last action was ask_readiness
    bool looking_ = false;     ///< the last action was confirm_end
    unsigned unexplained_ = 0; ///< how often in a row the source was ready and gave nothing
    bool growing_ = false;     ///< the last action was grow_pipe
    bool grown_ = false;       ///< or it has been tried
};

/// Through memory. Begins with what a pipe still holds, if a drain could not go on.
class buffer_transfer
{
public:
    explicit buffer_transfer(machine_context& context) noexcept : context_{context} {}
    void take_over() noexcept { in_pipe_ = context_.counts.in_flight(); }
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
};

} // namespace kernel_copy::detail

#endif

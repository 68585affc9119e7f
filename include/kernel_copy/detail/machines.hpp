// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_MACHINES_HPP
#define KERNEL_COPY_DETAIL_MACHINES_HPP

#include <kernel_copy/detail/machine_context.hpp>

#include <array>
#include <cstdint>

namespace kernel_copy::inline v0::detail {

/// What follows a failed transfer; `wait` if the end that is not ready is all that is wrong.
action after_failure(method by, const error_code& error, action_kind wait);

/// How often a transfer that says EAGAIN, while the ends that it could mean are ready, is tried again at once
/// before the next method takes over. Once or twice it is a race. A TCP socket at its urgent mark says so for
/// ever: only a receive steps over the mark.
inline constexpr unsigned most_unexplained = 8;

/// What confirm_end has found.
action after_look(const event& e);

// The machines. resume() takes what the last transfer led to, again() comes after a pause (a wait, a yield,
// the beginning); both give the next action. Pauses themselves are the engine's affair. A machine that can have bytes
// in flight says by held() what they lie in, the first of them first.

/// Writes out what the source's wrappers hold in memory.
class memory_drain
{
public:
    explicit memory_drain(machine_context& context) noexcept : context_{context} {}
    action again();
    action resume(const event& e);

private:
    machine_context& context_;
    bool more_ = false;
};

/// sendfile or splice from source to sink, unless both are regular files: that is for file_transfer.
class direct_transfer
{
public:
    direct_transfer(machine_context& context, method by) noexcept : context_{context}, by_{by} {}
    action again();
    action resume(const event& e);

private:
    enum class step : unsigned char
    {
        moving,
        warming, ///< ask_warmth
        asking,  ///< ask_readiness
        looking  ///< confirm_end
    };

    action ask(step next, const action& how) noexcept;
    action moved(const event& e);
    action blocked();
    action ready(const event& e);

    machine_context& context_;
    std::uint64_t asked_ = 0; ///< of the last transfer
    method by_;
    step step_ = step::moving;
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
    [[nodiscard]] std::array<held_bytes, 2> held() const noexcept
    {
        return {held_bytes{.save = action_kind::save_pipe, .length = context_.counts.in_flight()}};
    }

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
    [[nodiscard]] std::array<held_bytes, 2> held() const noexcept
    {
        return {held_bytes{.length = unwritten(), .offset = held_ - unwritten()},
                held_bytes{.save = action_kind::save_pipe, .length = in_pipe_}};
    }

private:
    action was_read(const event& e);
    action was_written(const event& e);
    [[nodiscard]] std::uint64_t unwritten() const noexcept { return context_.counts.in_flight() - in_pipe_; }

    machine_context& context_;
    std::uint64_t in_pipe_ = 0; ///< of what is in flight, the bytes that a pipe holds
    std::uint64_t held_ = 0;    ///< what the last read put into the buffer, written or not
    bool dry_ = false;          ///< the last read took all that a socket had
};

} // namespace kernel_copy::inline v0::detail

#endif

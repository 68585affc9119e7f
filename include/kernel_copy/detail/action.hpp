// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_ACTION_HPP
#define KERNEL_COPY_DETAIL_ACTION_HPP

#include <kernel_copy/detail/config.hpp>
#include <kernel_copy/error.hpp>
#include <kernel_copy/method.hpp>

#include <cstdint>

namespace kernel_copy::inline v0::detail {

/// What the engine asks for. Every transfer is one action, so that a test can fail each one.
enum class action_kind : unsigned char
{
    flush_sink,   ///< write out what the sink's own buffers hold
    write_memory, ///< write what a view holds in memory, at most `length` bytes
    transfer,     ///< one call of copy_file_range, sendfile or splice, source to sink
    clone_range,  ///< let the sink share `length` bytes of the source, in place of a copy; all of them or an error
    find_data,    ///< ask where the source has data at or after `offset`; where it ends if there is none
    skip_hole,    ///< move both positions by `length`, and see that the sink has zeros there, as the source has
    open_pipe,    ///< get the pipe that bytes are spliced through; the answer's `bytes` is its capacity
    grow_pipe,    ///< resize that pipe, which is empty, to the capacity asked for; best effort; answered alike
    return_pipe,  ///< give that pipe, which is empty, back: nothing is to be had for a while
    fill_pipe,    ///< splice from the source into the empty pipe
    drain_pipe,   ///< splice from the pipe to the sink
    read_source,  ///< read from the source into the buffer `half`
    read_pipe,    ///< read back into the buffer what the pipe holds, after a drain that can't go on
    write_buffer, ///< write `length` bytes of the buffer `half`, from `offset` on
    unread_source, ///< move a file's position back by `length`: those bytes were read and not delivered; the pipes, which
                   ///< may hold them, are thrown away
    save_buffer, ///< keep for the user `length` bytes of the buffer `half`, from `offset` on: they will not be delivered
    save_pipe,   ///< the same of at most `length` bytes of the pipe `half`
    ask_warmth,  ///< ask how many of `length` bytes of the file from `offset` on can be had without waiting for a disk
    push_sink,   ///< what the sink was given as the first part of more is to leave: no more comes
    probe_call,  ///< ask whether the system knows the call at all; the answer's `bytes` is 1 for yes
    ask_readiness, ///< ask which end is ready; the answer's `bytes` is a set of readiness bits
    confirm_end,   ///< look whether a socket has more, without taking it; the answer's `bytes` is 0 at the end
    wait_source,   ///< until the source is readable
    wait_sink,     ///< until the sink is writable
    yield,         ///< let other handlers run: the turn's budget is spent
    pace,          ///< let `length` nanoseconds pass: the rate allows no more now
    await,         ///< nothing to begin; a call that is under way answers next (only where calls overlap)
    cancel_calls,  ///< ask the calls that are under way to end; they still answer
    finish,        ///< the operation is over, with `error`

    // Between a machine and the engine; no caller of the engine sees these.
    done_taking,   ///< the limit is reached, or a stop was asked for; nothing is in flight
    source_ended,  ///< the source has no more; nothing is in flight
    hand_over,     ///< this method can't go on, because of `error`; the next one shall
    suspect_call,  ///< the same, and perhaps the system does not know the call at all
    change_method, ///< nothing is in flight, and `by` now promises to cost less
    go_cold,       ///< the same: what comes next has to wait for a disk
    go_warm        ///< the same: it does not any more
};

/// Bits of an answer to ask_readiness.
inline constexpr std::uint64_t source_ready = 1;
inline constexpr std::uint64_t sink_ready = 2;

/// Where a call runs that may have to wait for a disk.
enum class place : unsigned char
{
    here,          ///< it waits, if it has to
    here_if_ready, ///< it fails with EAGAIN rather than wait
    worker         ///< on a worker, which answers later
};

struct action
{
    action_kind kind = action_kind::finish;
    method by = method::buffer;
    unsigned char half = 0; ///< which of two buffers, or pipes, where one is read into while the other is written
    place runs = place::here;
    bool more = false; ///< what follows it is known to follow at once
    std::uint64_t length = 0;
    std::uint64_t offset = 0;
    std::uint64_t hole =
        0; ///< of a transfer: these bytes, from `offset` on, are skipped first, and count if others follow
    error_code error{};
};

/// The two things that can be under way at once, where calls overlap: taking and delivering.
enum class call_side : unsigned char
{
    source,
    sink
};

/// The side on which the answer to an action comes.
[[nodiscard]] constexpr call_side side_of(action_kind kind) noexcept
{
    const bool delivers = kind == action_kind::wait_sink || kind == action_kind::write_buffer ||
                          kind == action_kind::write_memory || kind == action_kind::flush_sink ||
                          kind == action_kind::drain_pipe;
    return delivers ? call_side::sink : call_side::source;
}

/// Does it move bytes from the source straight to the sink?
[[nodiscard]] constexpr bool is_from_end_to_end(action_kind kind) noexcept
{
    return kind == action_kind::transfer || kind == action_kind::clone_range || kind == action_kind::skip_hole;
}

/// The same, and what is asked in between.
[[nodiscard]] constexpr bool is_between_ends(action_kind kind) noexcept
{
    return is_from_end_to_end(kind) || kind == action_kind::find_data;
}

[[nodiscard]] constexpr bool is_wait(action_kind kind) noexcept
{
    return kind == action_kind::wait_source || kind == action_kind::wait_sink;
}

/// Nothing is done meanwhile.
[[nodiscard]] constexpr bool is_pause(action_kind kind) noexcept
{
    return is_wait(kind) || kind == action_kind::yield || kind == action_kind::pace;
}

[[nodiscard]] constexpr bool is_from_memory(action_kind kind) noexcept
{
    return kind == action_kind::write_memory || kind == action_kind::write_buffer;
}

/// How the last action went, or the one on this side. A call that moved bytes and then failed says both.
struct event
{
    std::uint64_t bytes = 0;
    error_code error{};
    call_side side = call_side::source;
    bool begun = false;            ///< it is under way and answers later; what else is to be done?
    bool last = false;             ///< of a stream: it has ended with these bytes
    bool interrupted = false;      ///< a stop request ended the call, and not all that it was asked for is done
    std::uint64_t end = 0;         ///< of the data that was found
    std::uint64_t nanoseconds = 0; ///< how long a worker took; 0 if none has done it
};

#if defined(_WIN32)

// The numbers of the system's category are others there.
[[nodiscard]] KERNEL_COPY_DECL int errno_of(const error_code& error) noexcept;
[[nodiscard]] KERNEL_COPY_DECL error_code errno_code(int error) noexcept;

#else

/// The errno in an error code of the system category, or 0.
[[nodiscard]] inline int errno_of(const error_code& error) noexcept
{
    return error.failed() && error.category() == boost::system::system_category() ? error.value() : 0;
}

[[nodiscard]] inline error_code errno_code(int error) noexcept
{
    return error_code{error, boost::system::system_category()};
}

#endif

} // namespace kernel_copy::inline v0::detail

#endif

// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/errno_policy.hpp>
#include <kernel_copy/detail/machines.hpp>

#include <cerrno>
#include <utility>

namespace kernel_copy::inline v0::detail {

namespace {

constexpr method piped = method::splice_through_pipe;

} // namespace

action pipe_transfer::ask(step next, action_kind kind) noexcept
{
    step_ = next;
    return {.kind = kind, .by = piped};
}

action pipe_transfer::again()
{
    if (const std::uint64_t in_flight = context_.counts.in_flight(); in_flight != 0)
        return {.kind = action_kind::drain_pipe, .by = piped, .runs = context_.writes, .length = in_flight};
    if (context_.done_taking())
        return {.kind = action_kind::done_taking};
    if (context_.adaptive.wants_memory())
        return without_pipe(action_kind::change_method);
    if (std::exchange(full_, false) && capacity_ < context_.pipe_capacity && !grown_)
    {
        grown_ = true;
        return ask(step::growing, action_kind::grow_pipe);
    }
    if (dry_ && !context_.ends_when_dry) // else it has to say so itself, and may have ended
        return without_pipe(action_kind::wait_source);
    if (const std::uint64_t length = context_.next_length(); length != 0)
    {
        if (capacity_ == 0)
            return ask(step::opening, action_kind::open_pipe);
        asked_ = length;
        return {.kind = action_kind::fill_pipe, .by = piped, .length = length};
    }
    const action next = context_.pause();
    return next.kind == action_kind::pace ? without_pipe(next.kind) : next;
}

action pipe_transfer::resume(const event& e)
{
    switch (std::exchange(step_, step::moving))
    {
    case step::opening:
        return opened(e);
    case step::growing: // users have a limit on the pages of their pipes; one that can't grow serves as it is
        capacity_ = e.error ? capacity_ : e.bytes;
        return again();
    case step::returning:
        return dry_ && context_.ends_when_dry ? again() : without_pipe(then_);
    case step::asking:
        return ready(e);
    case step::looking:
        return after_look(e);
    default:
        break;
    }
    return context_.counts.in_flight() != 0 ? drained(e) : filled(e);
}

// No pipe to be had (EMFILE, ENFILE, a filter, the pool's bound) is no reason to fail: nothing is in flight.
action pipe_transfer::opened(const event& e)
{
    if (e.error)
    {
        if (!context_.adaptive.enabled())
            return {.kind = action_kind::hand_over, .error = e.error};
        context_.adaptive.was_refused();
        return {.kind = action_kind::change_method, .by = method::buffer, .error = e.error};
    }
    capacity_ = e.bytes;
    grown_ = false;
    return again();
}

// Before anything that may last, with nothing in flight, the pipe is given back.
action pipe_transfer::without_pipe(action_kind next)
{
    then_ = next;
    if (std::exchange(capacity_, 0) != 0)
        return ask(step::returning, action_kind::return_pipe);
    dry_ = false;
    woken_ = woken_ || next == action_kind::wait_source;
    return next == action_kind::pace ? context_.pause() : action{.kind = next};
}

action pipe_transfer::filled(const event& e)
{
    if (e.error && judge(piped, e.error) == verdict::wait)
        return dry();
    if (e.error)
        return after_failure(piped, e.error, action_kind::wait_source);
    if (e.bytes == 0)
        return ask(step::looking, action_kind::confirm_end);
    woken_ = false;
    unexplained_ = 0;
    full_ = e.bytes >= capacity_;
    // A socket that gave less than it was asked for has no more just now, or the pipe has no room for it. Either way
    // a wait costs little beside so much data, and lets more of it gather.
    dry_ = context_.source_waits && e.bytes < asked_;
    context_.took(e.bytes);
    context_.adaptive.was_filled(e.bytes, asked_);
    return again();
}

// The pipe is empty, so EAGAIN speaks of the source. If that was waited for only just now, it is asked whether
// it has anything: at TCP's urgent mark it always says so, and gives nothing to a splice.
action pipe_transfer::dry()
{
    dry_ = false; // it is known now
    if (unexplained_ == most_unexplained)
        return {.kind = action_kind::hand_over, .error = errno_code(EAGAIN)};
    context_.source_waits = true;
    if (std::exchange(woken_, true))
        return ask(step::asking, action_kind::ask_readiness);
    return without_pipe(action_kind::wait_source);
}

action pipe_transfer::ready(const event& e)
{
    if (e.error)
        return {.kind = action_kind::finish, .error = e.error};
    if ((e.bytes & source_ready) == 0)
    {
        unexplained_ = 0;
        return without_pipe(action_kind::wait_source);
    }
    ++unexplained_;
    return again();
}

// With bytes in the pipe the sink alone is waited for, and giving up means that the next method reads them
// back out of the pipe.
action pipe_transfer::drained(const event& e)
{
    if (e.error)
        return after_failure(piped, e.error, action_kind::wait_sink);
    if (e.bytes == 0)
        return {.kind = action_kind::hand_over, .error = errc::returned_nothing};
    context_.delivered(e.bytes);
    context_.held_back = context_.counts.in_flight() != 0; // to a socket the rest was announced
    return again();
}

} // namespace kernel_copy::inline v0::detail

// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/errno_policy.hpp>
#include <kernel_copy/detail/machines.hpp>

#include <cerrno>
#include <utility>

namespace kernel_copy::detail {

action pipe_transfer::again()
{
    constexpr method by = method::splice_through_pipe;
    if (!open_)
        return {.kind = action_kind::open_pipe, .by = by};
    if (const std::uint64_t in_flight = context_.counts.in_flight(); in_flight != 0)
        return {.kind = action_kind::drain_pipe, .by = by, .length = in_flight};
    if (context_.done_taking())
        return {.kind = action_kind::done_taking};
    if (const std::uint64_t length = context_.next_length(); length != 0)
        return {.kind = action_kind::fill_pipe, .by = by, .length = length};
    if (context_.setup.pipe_capacity != 0 && !grown_)
    {
        growing_ = true;
        return {.kind = action_kind::grow_pipe, .by = by};
    }
    return {.kind = action_kind::yield};
}

action pipe_transfer::resume(const event& e)
{
    if (!open_)
        return opened(e.error);
    if (growing_)
        return grew();
    if (asking_)
        return ready(e);
    if (std::exchange(looking_, false))
        return after_look(e);
    return context_.counts.in_flight() != 0 ? drained(e) : filled(e);
}

// No pipe to be had (EMFILE, ENFILE, a filter) is no reason to fail: nothing was taken yet.
action pipe_transfer::opened(const error_code& error)
{
    if (error)
        return {.kind = action_kind::hand_over, .error = error};
    open_ = true;
    return again();
}

// Users have a limit on the pages of their pipes. A pipe that can't grow serves as it is.
action pipe_transfer::grew()
{
    growing_ = false;
    grown_ = true;
    return again();
}

action pipe_transfer::filled(const event& e)
{
    if (e.error && judge(method::splice_through_pipe, e.error) == verdict::wait)
        return dry();
    if (e.error)
        return after_failure(method::splice_through_pipe, e.error, action_kind::wait_source);
    if (e.bytes == 0)
    {
        const action next = after_nothing(context_.setup.source);
        looking_ = next.kind == action_kind::confirm_end;
        return next;
    }
    woken_ = false;
    unexplained_ = 0;
    context_.counts.took(e.bytes);
    return again();
}

// The pipe is empty, so EAGAIN speaks of the source. If that was waited for only just now, it is asked whether
// it has anything: at TCP's urgent mark it always says so, and gives nothing to a splice.
action pipe_transfer::dry()
{
    if (unexplained_ == most_unexplained)
        return {.kind = action_kind::hand_over, .error = errno_code(EAGAIN)};
    asking_ = std::exchange(woken_, true);
    return {.kind = asking_ ? action_kind::ask_readiness : action_kind::wait_source};
}

action pipe_transfer::ready(const event& e)
{
    asking_ = false;
    if (e.error)
        return {.kind = action_kind::finish, .error = e.error};
    if ((e.bytes & source_ready) == 0)
    {
        unexplained_ = 0;
        return {.kind = action_kind::wait_source};
    }
    ++unexplained_;
    return again();
}

// With bytes in the pipe the sink alone is waited for, and giving up means that the next method reads them
// back out of the pipe.
action pipe_transfer::drained(const event& e)
{
    if (e.error)
        return after_failure(method::splice_through_pipe, e.error, action_kind::wait_sink);
    if (e.bytes == 0)
        return {.kind = action_kind::hand_over, .error = errc::returned_nothing};
    context_.counts.delivered(e.bytes);
    context_.turn.spend(e.bytes);
    return again();
}

} // namespace kernel_copy::detail

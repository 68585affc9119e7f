// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/machines.hpp>

#include <utility>

namespace kernel_copy::inline v0::detail {

action buffer_transfer::again()
{
    if (const std::uint64_t rest = unwritten(); rest != 0)
        return {.kind = action_kind::write_buffer, .runs = context_.writes, .length = rest, .offset = held_ - rest};
    if (in_pipe_ != 0)
        return {.kind = action_kind::read_pipe, .length = std::min(in_pipe_, context_.buffer_size)};
    if (context_.done_taking())
        return {.kind = action_kind::done_taking};
    if (context_.adaptive.wants_pipe())
        return {.kind = action_kind::change_method, .by = method::splice_through_pipe};
    if (std::exchange(dry_, false) && !context_.ends_when_dry) // it has not said so, and may have ended
        return {.kind = action_kind::wait_source};
    if (const std::uint64_t length = std::min(context_.next_length(), context_.buffer_size); length != 0)
        return {.kind = action_kind::read_source, .length = length};
    return context_.pause();
}

action buffer_transfer::resume(const event& e)
{
    return unwritten() != 0 ? was_written(e) : was_read(e);
}

action buffer_transfer::was_read(const event& e)
{
    if (e.bytes == 0)
    {
        // A pipe that holds bytes and does not give them can't be waited for, least of all at the source.
        if (in_pipe_ != 0)
            return {.kind = action_kind::finish, .error = e.error ? e.error : errc::returned_nothing};
        if (!e.error)
            return {.kind = action_kind::source_ended};
        const action next = after_failure(method::buffer, e.error, action_kind::wait_source);
        context_.source_waits = context_.source_waits || next.kind == action_kind::wait_source;
        return next;
    }
    held_ = e.bytes;
    if (in_pipe_ != 0)
    {
        in_pipe_ -= e.bytes; // they were counted when they were taken from the source
        return again();
    }
    // A socket that gave less than it was asked for has no more just now, most likely; a wait, which looks again,
    // costs no more than the read that would say so. But only what has blocked once is known to be waited for.
    const std::uint64_t asked = std::min(context_.next_length(), context_.buffer_size);
    dry_ = context_.source_waits && context_.adaptive.enabled() && e.bytes < asked;
    context_.adaptive.was_read(e.bytes, asked, context_.buffer_size);
    context_.took(e.bytes);
    return again();
}

action buffer_transfer::was_written(const event& e)
{
    context_.delivered(e.bytes);
    if (e.bytes != 0)
        context_.held_back = false;
    if (e.error)
        return after_failure(method::buffer, e.error, action_kind::wait_sink);
    if (e.bytes == 0)
        return {.kind = action_kind::finish, .error = errc::sink_took_nothing};
    return again();
}

} // namespace kernel_copy::inline v0::detail

// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/machines.hpp>

namespace kernel_copy::detail {

action buffer_transfer::again()
{
    const std::uint64_t capacity = context_.setup.buffer_size;
    if (const std::uint64_t rest = unwritten(); rest != 0)
        return {.kind = action_kind::write_buffer, .length = rest, .offset = held_ - rest};
    if (end_.failed())
        return {.kind = action_kind::finish, .error = end_};
    if (in_pipe_ != 0)
        return {.kind = action_kind::read_pipe, .length = std::min(in_pipe_, capacity)};
    if (context_.done_taking())
        return {.kind = action_kind::done_taking};
    if (const std::uint64_t length = std::min(context_.next_length(), capacity); length != 0)
        return {.kind = action_kind::read_source, .length = length};
    return {.kind = action_kind::yield};
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
        return after_failure(method::buffer, e.error, action_kind::wait_source);
    }
    held_ = e.bytes;
    end_ = e.error;
    if (in_pipe_ != 0)
        in_pipe_ -= e.bytes; // they were counted when they were taken from the source
    else
        context_.counts.took(e.bytes);
    return again();
}

action buffer_transfer::was_written(const event& e)
{
    context_.counts.delivered(e.bytes);
    context_.turn.spend(e.bytes);
    if (e.error)
        return after_failure(method::buffer, e.error, action_kind::wait_sink);
    if (e.bytes == 0)
        return {.kind = action_kind::finish, .error = errc::sink_took_nothing};
    return again();
}

} // namespace kernel_copy::detail

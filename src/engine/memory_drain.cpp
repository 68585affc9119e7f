// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/machines.hpp>

namespace kernel_copy::inline v0::detail {

action memory_drain::again()
{
    const std::uint64_t held = context_.counts.front_length();
    if (context_.stopping || held == 0)
        return {.kind = action_kind::done_taking};
    const std::uint64_t length = std::min({held, context_.turn.left(), context_.pacer.allowance()});
    if (length == 0)
        return context_.pause();
    // A header and the beginning of its file fit into one segment, which Nagle's algorithm does not hold back.
    more_ = context_.sink == end_kind::stream_socket && context_.known_rest() != 0 &&
            context_.counts.allowed_behind(length) != 0;
    return {.kind = action_kind::write_memory, .runs = context_.writes, .more = more_, .length = length};
}

action memory_drain::resume(const event& e)
{
    if (e.bytes != 0)
    {
        context_.counts.delivered_from_memory(e.bytes);
        context_.turn.spend(e.bytes);
        context_.pacer.spend(e.bytes);
        context_.held_back = more_;
    }
    if (e.error)
        return after_failure(method::buffer, e.error, action_kind::wait_sink);
    if (e.bytes == 0)
        return {.kind = action_kind::finish, .error = errc::sink_took_nothing};
    return again();
}

} // namespace kernel_copy::inline v0::detail

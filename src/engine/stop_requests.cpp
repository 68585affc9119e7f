// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/copy_engine.hpp>
#include <kernel_copy/detail/errno_policy.hpp>

#include <cerrno>

namespace kernel_copy::inline v0::detail {

// What a caller's request to stop means to a copy, as it stands.

bool copy_engine::ends_now(stop_request stop) const noexcept
{
    return stop == stop_request::terminal || (stop == stop_request::total && context_.counts.taken() == 0);
}

bool copy_engine::interrupts(stop_request stop, call_side side) const noexcept
{
    if (!is_under_way(side))
        return false;
    switch (stop)
    {
    case stop_request::dry: // the sink's part goes on either way
        return side == call_side::source;
    case stop_request::partial: // what is in flight is still delivered
        return side == call_side::source || context_.counts.in_flight() == 0;
    default:
        return ends_now(stop);
    }
}

// Once such a call was begun the request would not be told again.
std::optional<event> copy_engine::instead_of_last(stop_request stop) const noexcept
{
    if (stop == stop_request::none || (!is_pause(last_.kind) && last_.runs != place::worker))
        return std::nullopt;
    return event{.bytes = 0, .error = errno_code(ECANCELED), .side = side_of(last_.kind)};
}

bool copy_engine::is_under_way(call_side side) const noexcept
{
    const auto* const calls = std::get_if<read_ahead>(&machine_);
    return awaits_calls() ? calls->is_under_way(side) : side_of(last_.kind) == side;
}

bool copy_engine::awaits_calls() const noexcept
{
    return overlaps() && last_.kind != action_kind::yield && last_.kind != action_kind::pace;
}

void copy_engine::hear(stop_request stop) noexcept
{
    context_.stopping = context_.stopping || stop == stop_request::partial;
    context_.ends_when_dry = context_.ends_when_dry || stop == stop_request::dry;
}

bool copy_engine::takes_no_more(action_kind next) const noexcept
{
    const bool dry = context_.ends_when_dry && (next == action_kind::wait_source || next == action_kind::pace);
    return (context_.stopping || dry) && context_.counts.in_flight() == 0;
}

} // namespace kernel_copy::inline v0::detail

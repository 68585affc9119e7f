// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/copy_engine.hpp>

#include <utility>

namespace kernel_copy::inline v0::detail {

// Which method a copy goes on with, and which machine does it.

// EPERM and its like may speak of one file or of the system. The difference is found out once, when it matters.
action copy_engine::suspect(const error_code& reason)
{
    const method call = call_behind(*current_);
    if (known_calls_[static_cast<std::size_t>(call)] != availability::unknown)
        return next_method(reason);
    stage_ = stage::probing;
    fate_ = reason;
    return {.kind = action_kind::probe_call, .by = call};
}

action copy_engine::next_method(const error_code& reason)
{
    stage_ = stage::moving;
    if (current_)
    {
        gave_up(*current_, reason);
        context_.adaptive.disable();
    }
    if (reason == errc::returned_nothing)
        plan_.skip_to(method::buffer);
    if (context_.adaptive.enabled()) // begins with memory, which stays in the plan to be handed over to
    {
        plan_.skip_to(method::buffer);
        return enter(method::buffer);
    }
    if (const auto m = plan_.next())
        return begin_with(*m);
    if (cold_ && reason != errc::returned_nothing)
        return stay_here(); // nothing that a worker can do is allowed
    if (context_.counts.in_flight() != 0)
    {
        // Nothing else is allowed, but what the pipe holds is still delivered.
        context_.stopping = true;
        fate_ = reason;
        return enter(method::buffer);
    }
    if (reason == errc::returned_nothing && (context_.known_rest() == 0 || current_ != method::copy_file_range))
        return end_of_copy(true); // as far as can be told without a read
    return conclude(reason);
}

action copy_engine::begin_with(method m)
{
    warm_method_ = m;
    // To map the pages of a small file costs more than to copy them.
    const bool small = context_.known_rest() != 0 && context_.known_rest() <= small_file_;
    if (m == method::sendfile && small && context_.sink == end_kind::stream_socket && plan_.contains(method::buffer))
        return through_memory();
    const bool by_worker = context_.reads == place::worker && !is_file(context_.sink) && m != method::buffer;
    return by_worker ? go_cold() : enter(m);
}

action copy_engine::through_memory()
{
    plan_.skip_to(method::buffer);
    return enter(*plan_.next());
}

// Nothing is in flight. A worker fills pipes, or where those can't be, memory.
action copy_engine::go_cold()
{
    if (warm_method_ == method::splice)
        return enter(method::splice, true);
    if (context_.sink == end_kind::stream_socket && pipes_allowed_)
        return enter(method::splice_through_pipe, true);
    return plan_.contains(method::buffer) ? through_memory() : stay_here();
}

action copy_engine::stay_here()
{
    context_.reads = place::here;
    return enter(warm_method_);
}

// Nothing is in flight.
action copy_engine::change_method(const action& to)
{
    if (to.error) // no pipe was to be had, this time
        gave_up(method::splice_through_pipe, to.error);
    if (to.by == method::splice_through_pipe)
        context_.adaptive.entered_pipe();
    else if (!to.error)
        context_.adaptive.left_pipe();
    return enter(to.by);
}

void copy_engine::gave_up(method m, const error_code& reason) noexcept
{
    given_up_[static_cast<std::size_t>(m)] = errno_of(reason) != 0 ? errno_of(reason) : -reason.value();
}

error_code copy_engine::reason_of(int number) noexcept
{
    return number < 0 ? error_code{static_cast<errc>(-number)} : errno_code(number);
}

action copy_engine::enter(method m, bool cold)
{
    current_ = m;
    cold_ = cold;
    use(m);
    return settle(again());
}

void copy_engine::use(method m)
{
    const bool streams = context_.source == end_kind::stream || context_.sink == end_kind::stream;
    const bool files = context_.source == end_kind::regular_file && context_.sink == end_kind::regular_file;
    if (cold_)
        machine_.emplace<read_ahead>(context_, m);
    else if (m == method::splice_through_pipe)
        machine_.emplace<pipe_transfer>(context_);
    else if (m == method::copy_file_range || (m == method::sendfile && files))
        machine_.emplace<file_transfer>(context_, m);
    else if (m != method::buffer)
        machine_.emplace<direct_transfer>(context_, m);
    else if (streams || context_.reads != place::here)
        machine_.emplace<read_ahead>(context_);
    else
        machine_.emplace<buffer_transfer>(context_);
}

bool copy_engine::uses_pipes() const noexcept
{
    const auto* const ahead = std::get_if<read_ahead>(&machine_);
    return std::holds_alternative<pipe_transfer>(machine_) || (ahead != nullptr && ahead->through_pipes());
}

} // namespace kernel_copy::inline v0::detail

// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/copy_engine.hpp>
#include <kernel_copy/detail/errno_policy.hpp>

#include <cerrno>

namespace kernel_copy::detail {

namespace {

bool is_pause(action_kind kind) noexcept
{
    return kind == action_kind::wait_source || kind == action_kind::wait_sink || kind == action_kind::yield;
}

error_code aborted() noexcept
{
    return errno_code(ECANCELED);
}

} // namespace

copy_engine::copy_engine(const copy_setup& setup, const progress& counts)
    : context_{.setup = setup, .counts = counts, .turn = turn{setup.turn_budget}}
{}

bool copy_engine::ends_now(stop_request stop) const noexcept
{
    return stop == stop_request::terminal || (stop == stop_request::total && context_.counts.taken() == 0);
}

action copy_engine::resume(const event& e, stop_request stop)
{
    if (stop == stop_request::partial)
        context_.stopping = true;

    // The request was passed on to the wait, or to the stream's own function, and ended that. What it had
    // done by then counts; whether the copy ends too is decided here.
    event seen = e;
    if (stop != stop_request::none && e.error == aborted())
    {
        if (e.bytes == 0)
        {
            if (ends_now(stop) || (context_.stopping && context_.counts.in_flight() == 0))
                return last_ = conclude(aborted());
            return last_;
        }
        seen.error = {};
    }

    action next = advance(seen);
    if (ends_now(stop) && next.kind != action_kind::finish && stage_ != stage::giving_back)
        next = conclude(aborted());
    // Who takes no more waits for nothing but the delivery of what is in flight. The request comes only once.
    if (context_.stopping && is_pause(next.kind) && context_.counts.in_flight() == 0)
        next = conclude(aborted());
    return last_ = next;
}

action copy_engine::advance(const event& e)
{
    if (is_pause(last_.kind))
        return e.error ? conclude(e.error) : settle(again());
    switch (stage_)
    {
    case stage::beginning:
        return begin();
    case stage::flushing:
        if (!e.error)
            return drain_memory();
        return settle(after_failure(method::buffer, e.error, action_kind::wait_sink));
    case stage::probing:
        stage_ = stage::moving;
        context_.setup.known_calls[static_cast<std::size_t>(last_.by)] =
            e.bytes != 0 ? availability::available : availability::unavailable;
        return next_method(doubt_);
    case stage::giving_back:
        if (!e.error)
            context_.counts.gave_back(last_.length);
        return {.kind = action_kind::finish, .error = fate_};
    case stage::draining:
    case stage::moving:
        break;
    }
    return settle(machine_says(e));
}

action copy_engine::begin()
{
    const copy_setup& setup = context_.setup;
    if (const error_code refused = find_misuse(setup, context_.counts.allowed()); refused)
        return conclude(refused);
    plan_ = make_plan(setup);
    const bool nothing_wanted = context_.counts.allowed() == 0 && context_.counts.front_length() == 0;
    if (plan_.empty() && !nothing_wanted)
        return conclude(errc::no_method_available);
    return setup.sink_buffers ? flush() : drain_memory();
}

action copy_engine::flush()
{
    stage_ = stage::flushing;
    return {.kind = action_kind::flush_sink};
}

action copy_engine::drain_memory()
{
    stage_ = stage::draining;
    return settle(memory_.again());
}

action copy_engine::again()
{
    if (stage_ == stage::flushing)
        return flush();
    if (stage_ == stage::draining)
        return memory_.again();
    switch (*current_)
    {
    case method::splice_through_pipe:
        return piped_.again();
    case method::buffer:
        return buffered_.again();
    default:
        return direct_.again();
    }
}

action copy_engine::machine_says(const event& e)
{
    if (stage_ == stage::draining)
        return memory_.resume(e);
    switch (*current_)
    {
    case method::splice_through_pipe:
        return piped_.resume(e);
    case method::buffer:
        return buffered_.resume(e);
    default:
        return direct_.resume(e);
    }
}

// Turns what a machine says about itself into what happens next.
action copy_engine::settle(const action& next)
{
    switch (next.kind)
    {
    case action_kind::done_taking:
        if (stage_ == stage::draining && !context_.done_taking())
            return next_method({});
        return end_of_copy(false);
    case action_kind::source_ended:
        return end_of_copy(true);
    case action_kind::hand_over:
        return next_method(next.error);
    case action_kind::suspect_call:
        return suspect(next.error);
    case action_kind::finish:
        return conclude(next.error);
    case action_kind::wait_source: // a stream without a descriptor can't be waited for: EAGAIN is its own affair
        return context_.setup.source.kind == end_kind::stream ? conclude(errno_code(EAGAIN)) : next;
    case action_kind::wait_sink:
        return context_.setup.sink.kind == end_kind::stream ? conclude(errno_code(EAGAIN)) : next;
    default:
        return next;
    }
}

// EPERM and its like may speak of one file or of the system. The difference is found out once, when it matters.
action copy_engine::suspect(const error_code& reason)
{
    const method call = call_behind(*current_);
    if (context_.setup.known_calls[static_cast<std::size_t>(call)] != availability::unknown)
        return next_method(reason);
    stage_ = stage::probing;
    doubt_ = reason;
    return {.kind = action_kind::probe_call, .by = call};
}

action copy_engine::next_method(const error_code& reason)
{
    stage_ = stage::moving;
    if (current_)
        given_up_[static_cast<std::size_t>(*current_)] = reason;
    if (reason == errc::returned_nothing)
        plan_.skip_to(method::buffer);
    if (const auto m = plan_.next())
        return enter(*m);
    if (context_.counts.in_flight() != 0)
    {
        // Nothing else is allowed, but what the pipe holds is still delivered.
        context_.stopping = true;
        fate_ = reason;
        return enter(method::buffer);
    }
    if (reason == errc::returned_nothing && context_.known_rest() == 0)
        return end_of_copy(true);
    return conclude(reason);
}

action copy_engine::enter(method m)
{
    current_ = m;
    if (m == method::buffer)
        buffered_.take_over();
    else if (m != method::splice_through_pipe)
        direct_.use(m);
    return settle(again());
}

action copy_engine::end_of_copy(bool source_ended)
{
    const bool more_was_wanted = context_.counts.allowed() != 0 || context_.counts.front() != nullptr;
    if (!source_ended && more_was_wanted)
        return conclude(fate_ ? fate_ : aborted());
    return conclude(context_.counts.truncated() ? error_code{errc::source_truncated} : error_code{});
}

action copy_engine::conclude(const error_code& error)
{
    // What was read from a file and not delivered is given back, so that its position ends right behind the
    // bytes delivered.
    const end_kind source = context_.setup.source.kind;
    const std::uint64_t undelivered = context_.counts.in_flight();
    const bool may_seek = is_file(source) || source == end_kind::unknown;
    if (undelivered != 0 && may_seek)
    {
        if (!context_.counts.has_position())
        {
            stage_ = stage::giving_back;
            fate_ = error;
            return {.kind = action_kind::unread_source, .length = undelivered};
        }
        context_.counts.gave_back(undelivered);
    }
    return {.kind = action_kind::finish, .error = error};
}

} // namespace kernel_copy::detail

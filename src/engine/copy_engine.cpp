// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/copy_engine.hpp>
#include <kernel_copy/detail/errno_policy.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace kernel_copy::inline v0::detail {

namespace {

bool delivers(action_kind kind) noexcept
{
    return kind == action_kind::write_memory || kind == action_kind::write_buffer || kind == action_kind::drain_pipe ||
           kind == action_kind::flush_sink || kind == action_kind::wait_sink;
}

error_code aborted() noexcept
{
    return errno_code(ECANCELED);
}

} // namespace

copy_engine::copy_engine(const copy_setup& setup, const progress& counts)
    : context_{setup, counts}, plan_{make_plan(setup)},
      known_calls_{setup.known_calls}, machine_{std::in_place_type<memory_drain>, context_},
      small_file_{setup.small_file}, sink_buffers_{setup.sink_buffers}, fate_{find_misuse(setup, counts.allowed())}
{
    pipes_allowed_ = setup.methods.contains(method::splice_through_pipe) &&
                     known_calls_[static_cast<std::size_t>(method::splice)] != availability::unavailable;
    // With both to choose from, what the source gives decides.
    if (setup.adaptive && plan_.contains(method::splice_through_pipe) && plan_.contains(method::buffer))
        context_.adaptive.enable();
}

copy_engine::copy_engine(const copy_terms& terms, const progress& counts, const small_copy& from)
    : context_{terms, counts}, plan_{method_plan::of(method::buffer)},
      known_calls_{}, machine_{std::in_place_type<memory_drain>, context_}, current_{from.by}, stage_{stage::moving},
      sink_buffers_{false}, last_{.kind = action_kind::wait_source}
{
    context_.counts.go_on_from(from.taken, from.delivered, from.drained);
    context_.adaptive = from.choice;
    context_.source_waits = from.has_waited;
    context_.ends_when_dry = from.ends_when_dry;
    const std::uint64_t held = context_.counts.in_flight();
    if (from.by == method::splice_through_pipe)
        machine_.emplace<pipe_transfer>(context_, true);
    else
        machine_.emplace<buffer_transfer>(context_, held);
    if (from.at == small_copy::step::reading)
        last_ = {.kind = action_kind::read_source, .length = std::min(context_.next_length(), context_.buffer_size)};
    else if (from.at == small_copy::step::writing)
        last_ = {.kind = action_kind::write_buffer, .length = held};
}

// A rate is kept from what was taken lately, which is not worth being parked. That nothing is in flight follows from the
// wait; a mistake elsewhere is not to lose bytes here (a branch that no test takes).
bool copy_engine::can_park() const noexcept
{
    return last_.kind == action_kind::wait_source && context_.adaptive.enabled() && !keeps_rate() &&
           context_.counts.in_flight() == 0;
}

small_copy copy_engine::park() const noexcept
{
    return {.taken = context_.counts.taken(),
            .delivered = context_.counts.delivered(),
            .drained = context_.counts.drained(),
            .choice = context_.adaptive,
            .by = *current_,
            .ends_when_dry = context_.ends_when_dry,
            .has_waited = true};
}

action copy_engine::resume(const event& e, stop_request stop)
{
    hear(stop);
    if (awaits_calls())
        return last_ = resume_calls(e, stop);

    // The request was passed on to the wait, or to the stream's own function, and ended that. What it had
    // done by then counts; whether the copy ends too is decided here.
    event seen = e;
    if (stop != stop_request::none && e.error == aborted() && !is_closing())
    {
        if (e.bytes == 0)
            return last_ = ends_now(stop) || takes_no_more(last_.kind) ? conclude(aborted()) : last_;
        seen.error = {};
    }

    action next = advance(seen);
    if (next.kind == action_kind::finish || is_closing())
        return last_ = next;
    // Who takes no more waits for nothing but the delivery of what is in flight. The request comes only once.
    if (ends_now(stop) || (is_pause(next.kind) && takes_no_more(next.kind)))
        next = conclude(aborted());
    return last_ = next;
}

action copy_engine::resume_calls(const event& e, stop_request stop)
{
    event seen = e;
    seen.interrupted = stop != stop_request::none && e.error == aborted();
    if (seen.interrupted)
        seen.error = {};
    auto& calls = std::get<read_ahead>(machine_);
    calls.happened(seen);
    if (ends_now(stop) && !calls.is_over())
        calls.stop();
    const action next = settle(calls.again());
    return next.kind == action_kind::pace && takes_no_more(next.kind) ? conclude(aborted()) : next;
}

action copy_engine::advance(const event& e)
{
    if (is_pause(last_.kind))
        return e.error ? fail(e.error) : settle(again());
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
        known_calls_[static_cast<std::size_t>(last_.by)] =
            e.bytes != 0 ? availability::available : availability::unavailable;
        return next_method(std::exchange(fate_, {}));
    case stage::giving_back:
        if (e.error)
            return save();
        context_.counts.gave_back(last_.length);
        return push_sink();
    case stage::saving:
        saved_ += e.bytes;
        return e.bytes != 0 ? save() : push_sink();
    case stage::pushing:
        return {.kind = action_kind::finish, .error = fate_};
    default:
        return settle(machine_says(e));
    }
}

action copy_engine::begin()
{
    if (fate_)
        return conclude(fate_);
    const bool nothing_wanted = context_.counts.allowed() == 0 && context_.counts.front_length() == 0;
    if (plan_.empty() && !nothing_wanted)
        return conclude(errc::no_method_available);
    return sink_buffers_ ? flush() : drain_memory();
}

action copy_engine::flush()
{
    stage_ = stage::flushing;
    return {.kind = action_kind::flush_sink};
}

action copy_engine::drain_memory()
{
    stage_ = stage::draining;
    return settle(again());
}

action copy_engine::again()
{
    if (stage_ == stage::flushing)
        return flush();
    return std::visit([](auto& machine) { return machine.again(); }, machine_);
}

action copy_engine::machine_says(const event& e)
{
    return std::visit(
        [&e](auto& machine) {
            if constexpr (requires { machine.resume(e); })
                return machine.resume(e);
            else
                return action{}; // GCOV_EXCL_LINE: calls that overlap have a way of their own
        },
        machine_);
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
    case action_kind::change_method:
        return change_method(next);
    case action_kind::go_cold:
        return go_cold();
    case action_kind::go_warm:
        return enter(warm_method_);
    case action_kind::finish:
        return fail(next.error);
    case action_kind::wait_sink: // a stream without a descriptor can't be waited for: EAGAIN is its own affair
        return context_.sink == end_kind::stream ? fail(errno_code(EAGAIN)) : next;
    default:
        return next;
    }
}

action copy_engine::end_of_copy(bool source_ended)
{
    // Memory is a user's object, and not to be asked by a worker: once it has been drained it needs not be.
    const bool more_was_wanted =
        context_.counts.allowed() != 0 || (stage_ <= stage::draining && context_.counts.front() != nullptr);
    if (!source_ended && more_was_wanted)
        return conclude(fate_ ? fate_ : aborted());
    return conclude(context_.counts.truncated() ? error_code{errc::source_truncated} : error_code{});
}

// The last action has.
action copy_engine::fail(const error_code& error)
{
    const auto* const calls = std::get_if<read_ahead>(&machine_);
    sink_failed_ = calls != nullptr ? calls->has_sink_failed() : delivers(last_.kind);
    return conclude(error);
}

action copy_engine::conclude(const error_code& error)
{
    fate_ = error;
    // What was read from a file and not delivered is given back, so that its position ends right behind the
    // bytes delivered.
    const std::uint64_t undelivered = context_.counts.in_flight();
    const bool may_seek = is_file(context_.source) || context_.source == end_kind::unknown;
    if (!may_seek)
        return save();
    if (undelivered == 0)
        return push_sink();
    if (context_.counts.has_position() && !uses_pipes())
    {
        context_.counts.gave_back(undelivered);
        return push_sink();
    }
    stage_ = stage::giving_back;
    return {.kind = action_kind::unread_source, .length = undelivered};
}

// Of what has a descriptor anybody can be told so again, and a file that is given bytes back has not ended.
bool copy_engine::stream_has_ended() const noexcept
{
    const auto* const calls = std::get_if<read_ahead>(&machine_);
    return context_.source == end_kind::stream && calls != nullptr && calls->has_source_ended();
}

// What else was taken and not delivered is kept for the user, in its order.
action copy_engine::save()
{
    const std::array<held_bytes, 2> pieces = std::visit(
        [](const auto& machine) {
            if constexpr (requires { machine.held(); })
                return machine.held();
            else
                return std::array<held_bytes, 2>{};
        },
        machine_);
    std::uint64_t before = 0;
    for (const held_bytes& piece : pieces)
    {
        const std::uint64_t gone = std::min(piece.length, saved_ - before);
        before += gone;
        if (gone == piece.length || !context_.keeps_residue)
            continue;
        stage_ = stage::saving;
        const bool in_pipe = piece.save == action_kind::save_pipe; // what was saved before has gone from it
        return {.kind = piece.save,
                .half = piece.half,
                .length = piece.length - gone,
                .offset = in_pipe ? 0 : piece.offset + gone};
    }
    return push_sink();
}

// What the sink holds back, for more that will not come, is sent.
action copy_engine::push_sink()
{
    if (!context_.held_back || sink_failed_ || context_.sink != end_kind::stream_socket)
        return {.kind = action_kind::finish, .error = fate_};
    stage_ = stage::pushing;
    return {.kind = action_kind::push_sink};
}

} // namespace kernel_copy::inline v0::detail

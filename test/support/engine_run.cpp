// Distributed under the Boost Software License, Version 1.0.
#include <support/engine_run.hpp>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace kernel_copy::test {

bool takes(const action& a)
{
    return a.kind == action_kind::transfer || a.kind == action_kind::fill_pipe || a.kind == action_kind::read_source ||
           a.kind == action_kind::write_memory || a.kind == action_kind::clone_range ||
           a.kind == action_kind::skip_hole;
}

bool is_tried_only(const action& a)
{
    return a.kind == action_kind::clone_range || a.kind == action_kind::find_data || a.kind == action_kind::skip_hole;
}

bool saves(const action& a)
{
    return a.kind == action_kind::save_buffer || a.kind == action_kind::save_pipe;
}

bool winds_up(const action& a)
{
    return a.kind == action_kind::finish || a.kind == action_kind::unread_source || saves(a) ||
           a.kind == action_kind::push_sink;
}

bool delivers(const action& a)
{
    return a.kind == action_kind::transfer || a.kind == action_kind::drain_pipe ||
           a.kind == action_kind::write_buffer || a.kind == action_kind::write_memory;
}

copy_run::copy_run(const scenario& of, std::uint64_t source_holds, temper how, stop_request at_the_start)
    : scenario_{of}, stack_{of}, temper_{how}, world_{of, source_holds, how}, meter_{of.setup.bytes_per_second, now_},
      engine_{std::in_place, of.setup, stack_.begin_counts()}, flushed_{!of.setup.sink_buffers}, holds_back_{
                                                                                                     of.setup.held_back}
{
    const copy_setup& setup = of.setup;
    if (how.begins_small && setup.adaptive && !setup.source.closed && !setup.sink.closed && !setup.sink_buffers)
        small_ = detail::small_copy::begin(setup, setup.methods, setup.known_calls);
    new_turn();
    resume({.how = {}, .stop = at_the_start});
}

void copy_run::step(const reply& r)
{
    require(!finished(), "asked on after the end");
    if (r.heard != stop_request::none)
        hear(r.heard);
    else if (r.how.begun)
        begin();
    else
        answer(r);
}

void copy_run::run_on()
{
    // Every call moves something or comes before one that does; a spin goes beyond any of this.
    const std::uint64_t enough = steps_ + 100'000;
    while (!finished())
    {
        require(steps_ != enough, "goes on without end");
        go_on();
    }
}

void copy_run::go_on()
{
    if (is_to_be_begun())
        return begin();
    answer_honestly(next_to_answer());
}

void copy_run::answer_honestly(call_side side, std::uint64_t most, const error_code& then)
{
    action a = *answerable(side);
    reply r{};
    const bool interrupted = interrupted_by_[static_cast<std::size_t>(side)] != stop_request::none;
    if (interrupted && interrupts_in_time_ && can_be_interrupted(a))
        r.how.error = errno_code(ECANCELED);
    else
    {
        if (!is_tried_only(a)) // which do all or nothing
            a.length = std::min(a.length, most);
        r.how = world_.answer(a);
        if (then)
            r.how.error = then;
    }
    if (is_on_worker(a))
        r.how.nanoseconds = temper_.nanoseconds_on_worker;
    r.how.side = side;
    answer(r);
}

void copy_run::ask_to_stop(stop_request stop, bool in_time)
{
    hear(stop);
    interrupts_in_time_ = in_time;
    for (const call_side side : {call_side::source, call_side::sink})
    {
        const bool interrupts = engine_->interrupts(stop, side);
        require(!interrupts || answerable(side) != nullptr, "a request is to end a call that is not under way");
        stop_request& by = interrupted_by_[static_cast<std::size_t>(side)];
        if (interrupts)
            by = std::max(by, stop);
    }
}

void copy_run::hear(stop_request stop)
{
    small_.reset();
    engine_->hear(stop);
    takes_no_more_ = takes_no_more_ || stop == stop_request::partial;
    ends_when_dry_ = ends_when_dry_ || stop == stop_request::dry;
}

bool copy_run::can_be_interrupted(const action& a) const
{
    return is_call(a) && !is_on_worker(a);
}

bool copy_run::is_on_worker(const action& a) const
{
    return has_workers_ && a.runs == detail::place::worker;
}

bool copy_run::is_call(const action& a) const
{
    return is_left_to_driver(a) && a.kind != action_kind::yield && a.kind != action_kind::pace;
}

// As the pump leaves it.
bool copy_run::is_left_to_driver(const action& a) const
{
    if (is_on_worker(a))
        return true;
    switch (a.kind)
    {
    case action_kind::wait_source:
    case action_kind::wait_sink:
    case action_kind::yield:
    case action_kind::pace:
        return true;
    case action_kind::read_source:
        return scenario_.setup.source.kind == end_kind::stream;
    case action_kind::write_memory:
    case action_kind::write_buffer:
        return scenario_.setup.sink.kind == end_kind::stream;
    default:
        return false;
    }
}

bool copy_run::is_to_be_begun() const
{
    return next_.kind == action_kind::cancel_calls || (engine_->overlaps() && is_call(next_));
}

bool copy_run::can_be_asked_to_stop() const
{
    const action_kind kind = next_.kind;
    return !finished() && (!engine_->overlaps() || kind == action_kind::await || kind == action_kind::yield ||
                           kind == action_kind::pace);
}

const action* copy_run::answerable(call_side side) const
{
    if (finished() || is_to_be_begun())
        return nullptr;
    if (next_.kind != action_kind::await)
        return detail::side_of(next_.kind) == side ? &next_ : nullptr;
    return under_way(side) ? &*under_way_[static_cast<std::size_t>(side)] : nullptr;
}

call_side copy_run::next_to_answer()
{
    if (answerable(call_side::source) == nullptr)
        return call_side::sink;
    if (answerable(call_side::sink) == nullptr)
        return call_side::source;
    source_answered_last_ =
        temper_.order == first_answer::source || (temper_.order == first_answer::alternating && !source_answered_last_);
    return source_answered_last_ ? call_side::source : call_side::sink;
}

void copy_run::begin()
{
    if (!is_to_be_begun())
        throw violation{"begun, and is to be answered: " + describe(next_)};
    if (next_.kind == action_kind::cancel_calls)
    {
        interrupts_in_time_ = true;
        for (const call_side side : {call_side::source, call_side::sink})
            if (under_way(side))
                interrupted_by_[static_cast<std::size_t>(side)] = stop_request::terminal;
    }
    else
        under_way_[static_cast<std::size_t>(detail::side_of(next_.kind))] = next_;
    new_turn();
    resume({.how = {.begun = true}});
}

void copy_run::answer(const reply& given)
{
    reply r = given;
    // Who asked for the end of a call learns of it with the answer, however that is.
    const stop_request ended_by =
        std::exchange(interrupted_by_[static_cast<std::size_t>(r.how.side)], stop_request::none);
    r.stop = std::max(r.stop, ended_by);
    const action* const answered = answerable(r.how.side);
    require(answered != nullptr, "nothing is to be answered on this side");
    const action a = *answered;
    const bool began = under_way(r.how.side) && a.runs == detail::place::worker;
    if (r.how.nanoseconds == 0 && (is_on_worker(a) || began))
        r.how.nanoseconds = temper{}.nanoseconds_on_worker;
    under_way_[static_cast<std::size_t>(r.how.side)].reset();

    const detail::source_layer* const front = a.kind == action_kind::write_memory ? engine_->counts().front() : nullptr;
    const std::size_t index = front != nullptr ? stack_.index_of(*front) : stack_.size();
    const std::uint64_t taken = world_.taken();
    world_.happen(a, r.how, index, front != nullptr ? stack_.consumed(index) : 0);
    meter_.spend(world_.taken() - std::min(taken, world_.taken()));
    const bool hurried = r.stop != stop_request::none && interrupts_in_time_;
    now_ += a.kind == action_kind::pace && !hurried ? a.length : temper_.nanoseconds_per_step;
    now_ += is_wait(a.kind) ? r.how.nanoseconds : 0;
    if (is_left_to_driver(a))
        new_turn();
    if (delivers(a))
        moved_this_turn_ += r.how.bytes - std::min(a.hole, r.how.bytes);
    classify(a, r);
    const bool interrupted = r.stop != stop_request::none && r.how.error == errno_code(ECANCELED);
    note_disk(a, r.how);
    if (!interrupted) // which says nothing about the ends
        note_leaving(a, r.how);
    note_held_back(a, r.how);
    resume(r);
}

void copy_run::new_turn()
{
    engine_->start_turn(now_);
    turn_began_ = now_;
    moved_this_turn_ = 0;
    lost_worker_this_turn_ = false;
    meter_.tell_time(now_);
    if (engine_->keeps_rate())
        engine_->tell_time(now_);
}

// What is parked passes on small messages by itself; after each step an engine is made that could go on from there.
bool copy_run::goes_on_small(const reply& r)
{
    if (!small_)
        return false;
    const copy_setup& setup = scenario_.setup;
    const std::uint64_t most = std::min({setup.buffer_size, setup.turn_budget, detail::call_cap});
    const bool may = r.stop == stop_request::none && small_->can_go_on() && scenario_.layers.empty();
    const action_kind next = may ? small_->resume(r.how, most) : action_kind::hand_over;
    if (next == action_kind::hand_over)
    {
        small_.reset();
        return false;
    }
    engine_.emplace(setup, stack_.begin_counts(), *small_);
    new_turn();
    next_ = next == action_kind::finish ? engine_->resume(r.how, r.stop) : engine_->last();
    require(next_.kind == next, "a small copy and its engine do not agree");
    return true;
}

void copy_run::resume(const reply& r)
{
    ends_now_ = ends_now_ || r.stop == stop_request::terminal || (r.stop == stop_request::total && world_.taken() == 0);
    takes_no_more_ = takes_no_more_ || r.stop == stop_request::partial;
    ends_when_dry_ = ends_when_dry_ || r.stop == stop_request::dry;
    if (!goes_on_small(r))
        next_ = engine_->resume(r.how, r.stop);
    if (next_.kind == action_kind::confirm_end && !scenario_.looks)
        next_ = engine_->resume({}, r.stop);
    if (next_.kind == action_kind::clone_range && !scenario_.shares)
        next_ = engine_->resume({.error = errno_code(EOPNOTSUPP)}, r.stop);
    ++steps_;
    if (temper_.parks && engine_->can_park())
    {
        small_ = engine_->park();
        engine_.emplace(scenario_.setup, stack_.begin_counts(), *small_);
        new_turn();
    }
    if ((finished() || next_.kind == action_kind::push_sink) && scenario_.position)
        world_.give_back_silently();
    // Where the pipe has no use any more it is taken away at the next pause.
    if (is_left_to_driver(next_) && !engine_->uses_pipes())
        world_.drop_empty_pipes();
    check_counts();
    check_limits();
    check_what_is_under_way();
    check_stop(r.stop);
    check_disk();
    check_action();
    check_push();
    if (finished())
        check_outcome();
}

} // namespace kernel_copy::test

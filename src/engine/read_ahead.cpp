// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/errno_policy.hpp>
#include <kernel_copy/detail/machines.hpp>
#include <kernel_copy/detail/read_ahead.hpp>

#include <cerrno>
#include <utility>

namespace kernel_copy::detail {

void read_ahead::end(const error_code& error) noexcept
{
    if (!std::exchange(ending_, true) && !end_)
        end_ = error;
}

// Another machine is to go on. What is in flight is delivered first, if the sink takes it. That this machine can't go on
// says more than that it need not.
void read_ahead::go(action_kind how, const error_code& why) noexcept
{
    if (!goes() || leaving_.kind == action_kind::go_warm)
        leaving_ = {.kind = how, .error = why};
}

action read_ahead::again()
{
    if (ending_)
        return wind_up();
    if (writing_ == call::none && front().empty() && !back().empty())
        front_ = static_cast<unsigned char>(1 - front_);
    if (writing_ == call::none && !front().empty() && !sink_refuses_)
        return write();
    const unsigned char space = front().empty() ? front_ : static_cast<unsigned char>(1 - front_);
    if (reading_ == call::none && halves_[space].empty() && !taking_is_over() && !goes())
    {
        if (const action next = through_pipes() ? fill(space) : read(space); next.kind != action_kind::await)
            return next;
    }
    if (busy())
        return {.kind = action_kind::await};
    if (goes())
        return leave();
    if (end_.failed())
        return {.kind = action_kind::finish, .error = end_};
    return {.kind = ended_ ? action_kind::source_ended : action_kind::done_taking};
}

// What is under way is ended, and waited for: it may have moved bytes, and they count.
action read_ahead::wind_up()
{
    if (!busy())
        return {.kind = action_kind::finish, .error = end_};
    return {.kind = std::exchange(cancelled_, true) ? action_kind::await : action_kind::cancel_calls};
}

// What the pipes hold, if the sink does not take it from there, is read from the file once more.
action read_ahead::leave()
{
    if (!holds_nothing())
        return ask(question::return_of_bytes,
                   {.kind = action_kind::unread_source, .length = context_.counts.in_flight()});
    const action first = return_pipe();
    return first.kind == action_kind::return_pipe ? first : leaving_;
}

// Before anything that may last, with nothing in flight, the pipes are given back.
action read_ahead::pause()
{
    if (writing_ != call::none) // which gives the thread away by itself
        return {.kind = action_kind::await};
    const action next = context_.pause();
    const action first = next.kind == action_kind::pace ? return_pipe() : next;
    return first.kind == action_kind::return_pipe ? first : next;
}

/// Of the two the next one that there is; else nothing to begin.
action read_ahead::return_pipe()
{
    for (unsigned char i = 0; i != 2; ++i)
        if (halves_[i].capacity != 0)
        {
            halves_[i] = {};
            no_second_pipe_ = false;
            return ask(question::return_of_pipe, {.kind = action_kind::return_pipe, .by = by_, .half = i});
        }
    return {.kind = action_kind::await};
}

action read_ahead::ask(question what, const action& how) noexcept
{
    asking_ = what;
    return how;
}

void read_ahead::answered(const event& e)
{
    half& to = halves_[target_];
    switch (std::exchange(asking_, question::none))
    {
    case question::warmth:
        known_cold_ = e.bytes == 0;
        if (!known_cold_)
            go(action_kind::go_warm, {});
        break;
    case question::pipe: // one serves, if slower; without any, memory does
        to.capacity = e.bytes;
        no_second_pipe_ = e.error.failed();
        if (no_second_pipe_ && front().capacity == 0)
            go(action_kind::hand_over, e.error);
        break;
    case question::growth:
        to.capacity = e.error ? to.capacity : e.bytes;
        break;
    case question::return_of_bytes:
        if (e.error)
            return end(e.error);
        context_.counts.gave_back(context_.counts.in_flight());
        for (half& each : halves_)
            each = {};
        break;
    case question::return_of_pipe:
    case question::none:
        break;
    }
}

action read_ahead::write()
{
    if (std::exchange(sink_waits_, false))
    {
        writing_ = call::wait;
        return {.kind = action_kind::wait_sink};
    }
    writing_ = call::transfer;
    const std::uint64_t rest = front().to - front().from;
    if (through_pipes())
        return {.kind = action_kind::drain_pipe, .by = by_, .half = front_, .length = rest};
    return {.kind = action_kind::write_buffer,
            .half = front_,
            .runs = context_.writes,
            .length = rest,
            .offset = front().from};
}

// What says that it is empty (procfs), or holds more than it said, is waited for.
place read_ahead::place_of_read() const noexcept
{
    if (context_.reads != place::here_if_ready)
        return context_.reads;
    if (context_.at_known_end())
        return place::here;
    return known_cold_ || context_.known_rest() == 0 ? place::worker : place::here_if_ready;
}

action read_ahead::read(unsigned char into)
{
    if (std::exchange(source_waits_, false))
    {
        reading_ = call::wait;
        return {.kind = action_kind::wait_source};
    }
    const place runs = place_of_read();
    const std::uint64_t most =
        context_.reads == place::here_if_ready && runs == place::here ? growth_probe : context_.buffer_size;
    const std::uint64_t length = std::min({context_.length_at(runs), context_.buffer_size, most});
    if (length == 0)
        return pause();
    target_ = into;
    return take({.kind = action_kind::read_source, .half = into, .runs = runs, .length = length});
}

action read_ahead::take(const action& how) noexcept
{
    reading_ = call::transfer;
    read_at_ = how.runs;
    asked_ = how.length;
    return how;
}

// From the file, which is cold; by a worker.
action read_ahead::fill(unsigned char into)
{
    if (no_second_pipe_ && into != front_)
        return {.kind = action_kind::await};
    const std::uint64_t length = context_.worker_length();
    if (length == 0)
        return pause();
    half& to = halves_[into];
    target_ = into;
    if (context_.reads == place::here_if_ready && !known_cold_ && !context_.at_known_end())
        return ask(question::warmth, context_.ask_warmth());
    if (to.capacity == 0)
        return ask(question::pipe, {.kind = action_kind::open_pipe, .by = by_, .half = into});
    if (std::exchange(to.full, false) && to.capacity < std::min(length, context_.pipe_capacity) &&
        !std::exchange(to.grown, true))
        return ask(question::growth, {.kind = action_kind::grow_pipe, .by = by_, .half = into});
    return take({.kind = action_kind::fill_pipe,
                 .by = by_,
                 .half = into,
                 .runs = place::worker,
                 .length = std::min(length, to.capacity)});
}

void read_ahead::happened(const event& e)
{
    if (e.begun)
        return;
    if (asking_ != question::none)
        return answered(e);
    e.side == call_side::sink ? sink_says(e) : source_says(e);
}

void read_ahead::source_says(const event& e)
{
    const bool waited = std::exchange(reading_, call::none) == call::wait;
    if (e.bytes != 0)
    {
        half& to = halves_[target_];
        to.from = 0;
        to.to = e.bytes;
        to.full = e.bytes >= to.capacity;
        context_.took(e.bytes);
    }
    if (!waited && read_at_ == place::worker)
    {
        known_cold_ = false;
        context_.step.took(e.bytes, asked_, e.nanoseconds);
    }
    if (e.interrupted || ending_)
        source_waits_ = waited; // in vain
    else if (waited)
        end_ = e.error;
    else if (e.error)
        source_failed(e.error);
    else if (e.bytes == 0)
        nothing_came();
}

void read_ahead::nothing_came()
{
    const action next = context_.after_nothing();
    if (through_pipes() && next.kind == action_kind::hand_over)
        go(next.kind, next.error);
    else // some kernels say 0 before the end of a file to who does not want to wait (preadv2(2))
        (read_at_ == place::here_if_ready ? known_cold_ : ended_) = true;
}

void read_ahead::source_failed(const error_code& error)
{
    if (through_pipes())
    {
        const action next = after_failure(by_, error, action_kind::hand_over);
        next.kind == action_kind::finish ? void(end_ = error) : go(next.kind, error);
    }
    else if (errno_of(error) != EAGAIN || context_.source == end_kind::stream)
        end_ = error;
    else
        (read_at_ == place::here_if_ready ? known_cold_ : source_waits_) = true;
}

void read_ahead::sink_says(const event& e)
{
    const bool waited = std::exchange(writing_, call::none) == call::wait;
    front().from += e.bytes;
    context_.delivered(e.bytes);
    if (e.bytes != 0)
        context_.held_back = through_pipes() && !front().empty();
    if (e.interrupted || ending_)
        return;
    if (e.error && !waited && errno_of(e.error) == EAGAIN && context_.sink != end_kind::stream)
        sink_waits_ = true;
    else if (e.error || (!waited && e.bytes == 0))
        sink_failed(e.error ? e.error : through_pipes() ? errc::returned_nothing : errc::sink_took_nothing, waited);
}

void read_ahead::sink_failed(const error_code& error, bool waited)
{
    if (through_pipes() && !waited)
    {
        const action next = error == errc::returned_nothing ? action{.kind = action_kind::hand_over}
                                                            : after_failure(by_, error, action_kind::wait_sink);
        sink_refuses_ = next.kind != action_kind::finish;
        if (sink_refuses_)
            return go(next.kind, error);
    }
    sink_failed_ = !end_;
    end(error);
}

} // namespace kernel_copy::detail

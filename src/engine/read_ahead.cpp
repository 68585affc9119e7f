// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/read_ahead.hpp>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace kernel_copy::inline v0::detail {

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
    if (busy())
        return {.kind = std::exchange(cancelled_, true) ? action_kind::await : action_kind::cancel_calls};
    // A request that comes when all is over is too late. The source may not say a second time that it has ended.
    if (ended_ && holds_nothing() && !end_)
        return {.kind = action_kind::source_ended};
    return {.kind = action_kind::finish, .error = end_ ? end_ : errno_code(ECANCELED)};
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

std::array<held_bytes, 2> read_ahead::held() const noexcept
{
    const auto of = [this](unsigned char i) {
        return held_bytes{.save = through_pipes() ? action_kind::save_pipe : action_kind::save_buffer,
                          .half = i,
                          .length = halves_[i].to - halves_[i].from,
                          .offset = halves_[i].from};
    };
    return {of(front_), of(static_cast<unsigned char>(1 - front_))};
}

// Both halves may be full when a sink has been waited for: more than others are to wait for. That it is waited for once
// more lets them go first, if it can be.
action read_ahead::write()
{
    if (std::exchange(sink_waits_, false) || (heeds_the_turn() && context_.turn.left() == 0))
    {
        writing_ = call::wait;
        return {.kind = action_kind::wait_sink};
    }
    writing_ = call::transfer;
    const std::uint64_t length = next_delivery();
    if (through_pipes())
        return {.kind = action_kind::drain_pipe, .by = by_, .half = front_, .length = length};
    return {.kind = action_kind::write_buffer,
            .half = front_,
            .runs = context_.writes,
            .length = length,
            .offset = front().from};
}

// A worker's call and a stream's own function give the thread away by themselves. Of others only sockets and pipes are
// sure to be waited for: epoll knows neither /dev/null nor what has turned out to be a file.
bool read_ahead::heeds_the_turn() const noexcept
{
    return context_.sink == end_kind::stream_socket || context_.sink == end_kind::pipe;
}

// What is held may all go in one turn, where nothing is waited for in between.
std::uint64_t read_ahead::room() const noexcept
{
    if (heeds_the_turn() || context_.sink == end_kind::stream || context_.writes != place::here)
        return no_limit;
    return context_.turn.budget() - std::min(context_.turn.budget(), context_.counts.in_flight());
}

std::uint64_t read_ahead::next_delivery() const noexcept
{
    const std::uint64_t rest = front().to - front().from;
    return heeds_the_turn() ? std::min(rest, context_.turn.left()) : rest;
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
    const std::uint64_t length = std::min({context_.length_at(runs), context_.buffer_size, most, room()});
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
    const std::uint64_t length = std::min(context_.worker_length(), room());
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

} // namespace kernel_copy::inline v0::detail

// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/machines.hpp>
#include <kernel_copy/detail/read_ahead.hpp>

#include <cerrno>
#include <utility>

namespace kernel_copy::inline v0::detail {

// What its calls lead to; what is to be done next is decided in read_ahead.cpp.

// With this error unless another came first.
void read_ahead::end(const error_code& error) noexcept
{
    ending_ = true;
    if (!end_)
        end_ = error;
}

// Another machine is to go on. What is in flight is delivered first, if the sink takes it.
void read_ahead::go(action_kind how, const error_code& why) noexcept
{
    if (!goes())
        leaving_ = {.kind = how, .error = why};
}

void read_ahead::happened(const event& e)
{
    if (e.begun)
        return;
    if (asking_ != question::none)
        return answered(e);
    e.side == call_side::sink ? sink_says(e) : source_says(e);
}

void read_ahead::answered(const event& e)
{
    half& to = halves_[target_];
    switch (std::exchange(asking_, question::none))
    {
    case question::warmth:
        known_cold_ = !context_.warm.found(e.bytes);
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
        ended_ = false; // and begins again before its end
        break;
    default:
        break;
    }
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
    if (e.last)
        ended_ = true;
    if (ending_ && !e.interrupted && context_.source == end_kind::stream)
        stream_ended(e);
    else if (e.interrupted || ending_)
        source_waits_ = waited; // in vain
    else if (waited)
        end_ = e.error;
    else if (e.error)
        source_failed(e.error);
    else if (e.bytes == 0)
        nothing_came();
}

// As the copy was ending already. A stream may say it only once.
void read_ahead::stream_ended(const event& e)
{
    if (e.error && !end_)
        end_ = e.error;
    ended_ = ended_ || (!e.error && e.bytes == 0);
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
    const std::uint64_t asked = next_delivery(); // as nothing has been since
    front().from += e.bytes;
    context_.delivered(e.bytes);
    if (e.bytes != 0)
        context_.held_back = through_pipes() && e.bytes < asked; // a call that has moved all has announced no more
    if (e.interrupted || ending_)
        return;
    if (e.error && !waited && errno_of(e.error) == EAGAIN && context_.sink != end_kind::stream)
        sink_waits_ = true;
    else if (e.error || (!waited && e.bytes == 0))
        sink_failed(e.error ? e.error : errc::sink_took_nothing, waited);
}

void read_ahead::sink_failed(const error_code& error, bool waited)
{
    if (through_pipes() && !waited)
    {
        const action next = error == errc::sink_took_nothing ? action{.kind = action_kind::hand_over}
                                                             : after_failure(by_, error, action_kind::wait_sink);
        sink_refuses_ = next.kind != action_kind::finish;
        if (sink_refuses_) // whatever the source has said: there are bytes still to be delivered
        {
            leaving_ = {.kind = next.kind, .error = error};
            return;
        }
    }
    sink_failed_ = !end_;
    end(error);
}

} // namespace kernel_copy::inline v0::detail

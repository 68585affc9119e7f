// Distributed under the Boost Software License, Version 1.0.
#include <support/relay_run.hpp>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace kernel_copy::test {

using detail::relay_action;
using detail::relay_step;

namespace {

int errno_for(ending how)
{
    switch (how)
    {
    case ending::clean:
        return 0;
    case ending::source_error:
        return EIO;
    case ending::sink_error:
        return EPIPE;
    default:
        return ECONNRESET;
    }
}

} // namespace

relay_run::relay_run(const relay_plan& p) : plan_{p}, engine_{p.idle, p.half_close, p.late_shutdown}
{
    engine_.moved(now_);
    go_on();
}

bool relay_run::stop(stop_request request)
{
    const bool too_late = request == stop_request::total && plan_.anything_taken;
    const bool ends = request == stop_request::terminal || (request == stop_request::total && !too_late);
    if (ends)
        error_ = error_.value_or(errno_code(ECANCELED));
    if (!too_late)
        for (stop_request& least : least_)
            least = std::max(least, ends ? stop_request::terminal : request);
    engine_.stop(request, plan_.anything_taken);
    go_on();
    return true;
}

bool relay_run::end(unsigned char way, ending how, bool heeds)
{
    if (ended_[way])
        return false;
    ended_[way] = true;
    error_code error = how == ending::clean ? error_code{} : errno_code(errno_for(how));
    bool sink_failed = how == ending::sink_error || how == ending::sink_reset;
    if (heeds && told_[way] != stop_request::none)
    {
        error = errno_code(ECANCELED);
        sink_failed = false;
    }
    const error_code said = error;
    if (!error && source_is_reset_[way])
        error = errno_code(ECONNRESET);
    const unsigned char other = way == 0 ? 1 : 0;
    clean_[way] = !error;
    if (error)
    {
        error_ = error_.value_or(error);
        least_[other] = std::max(least_[other], sink_failed ? stop_request::dry : stop_request::partial);
        source_is_reset_[other] = sink_failed && error == errno_code(ECONNRESET);
    }
    moved_ = now_;
    engine_.moved(now_);
    require(engine_.ended(way, said, sink_failed) == error, "a direction ends with another error");
    go_on();
    return true;
}

bool relay_run::is_shut_down(unsigned char way)
{
    if (!shutting_[way])
        return false;
    shutting_[way] = false;
    engine_.shut_down(way);
    go_on();
    return true;
}

bool relay_run::moves()
{
    moved_ = now_;
    engine_.moved(now_);
    return true;
}

bool relay_run::pass_time(duration length)
{
    now_ += length;
    const bool is_due = limit() != duration::zero() && now_ - moved_ >= limit();
    require(engine_.is_timed() == (limit() != duration::zero()), "there is a limit, or is none");
    if (is_due)
    {
        error_ = error_.value_or(errno_code(ETIMEDOUT));
        least_ = {stop_request::terminal, stop_request::terminal};
    }
    engine_.tell_time(now_);
    go_on();
    return is_due;
}

// 0: none. There is nothing more to be due once both are to end at once.
relay_run::duration relay_run::limit() const
{
    if (least_[0] == stop_request::terminal && least_[1] == stop_request::terminal)
        return duration::zero();
    const bool half_closed = (ended_[0] || ended_[1]) && plan_.half_close != duration::zero();
    if (plan_.idle == duration::zero())
        return half_closed ? plan_.half_close : duration::zero();
    return half_closed ? std::min(plan_.idle, plan_.half_close) : plan_.idle;
}

void relay_run::go_on()
{
    require(!finished_, "goes on after the end");
    for (unsigned steps = 0;; ++steps)
    {
        require(steps != 10, "goes on without end");
        const relay_action next = engine_.next();
        switch (next.step)
        {
        case relay_step::await:
            return check_await();
        case relay_step::stop:
            require(!ended_[next.direction], "a request to a direction that has ended");
            require(next.request > told_[next.direction], "a request that is no stronger than the last");
            require(next.request == least_[next.direction], "another request than is called for");
            require(next.forced == error_.has_value(), "forces calls to end, or does not");
            told_[next.direction] = next.request;
            break;
        case relay_step::shut_down:
            check_shut_down(next.direction);
            if (plan_.shuts_down_at_once)
                engine_.shut_down(next.direction);
            else
                shutting_[next.direction] = true;
            break;
        case relay_step::stop_shutting:
            require(error_ && (shutting_[0] || shutting_[1]), "ends shutdowns for nothing");
            require(!std::exchange(stopped_shutting_, true), "ends shutdowns twice");
            break;
        case relay_step::finish:
            return check_finish(next.error);
        }
    }
}

void relay_run::check_shut_down(unsigned char way)
{
    require(clean_[way], "shuts down what did not end well");
    require(!error_, "shuts down after an error");
    require(!plan_.late_shutdown[way] || ended_[1 - way], "shuts down a sink that is still read");
    require(!std::exchange(was_shut_down_[way], true), "shuts down twice");
}

void relay_run::check_await() const
{
    require(!ended_[0] || !ended_[1] || shutting_[0] || shutting_[1], "awaits nothing");
    require(!error_ || stopped_shutting_ || (!shutting_[0] && !shutting_[1]), "lets a shutdown go on");
    for (const unsigned char way : detail::both_ways)
    {
        const bool is_to_wait = plan_.late_shutdown[way] && !ended_[1 - way];
        require(ended_[way] || told_[way] == least_[way], "does not pass a request on");
        require(!clean_[way] || error_ || was_shut_down_[way] || is_to_wait, "does not shut down");
    }
    if (engine_.is_timed())
        require(now_ < engine_.deadline(), "is due for ever");
}

void relay_run::check_finish(const error_code& error)
{
    finished_ = true;
    require(ended_[0] && ended_[1], "finishes before both directions have ended");
    require(!shutting_[0] && !shutting_[1], "finishes with a shutdown under way");
    require(error == error_.value_or(error_code{}), "not the first error: " + error.message());
    require(error_ || (was_shut_down_[0] && was_shut_down_[1]), "finishes well and has not told both");
}

} // namespace kernel_copy::test

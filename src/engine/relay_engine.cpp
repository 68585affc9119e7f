// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/relay_engine.hpp>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace kernel_copy::inline v0::detail {

relay_action relay_engine::next()
{
    bool shutting_down = false;
    for (const unsigned char way : both_ways)
    {
        if (!ended_[way] && wanted_[way] > passed_on_[way])
        {
            passed_on_[way] = wanted_[way];
            return {.step = relay_step::stop, .direction = way, .request = wanted_[way], .forced = error_.failed()};
        }
        const bool other_ended = ended_[1 - way];
        if (shutting_[way] == shutting::wanted && !error_ && (other_ended || !late_shutdown_[way]))
        {
            shutting_[way] = shutting::under_way;
            return {.step = relay_step::shut_down, .direction = way};
        }
        shutting_down = shutting_down || shutting_[way] == shutting::under_way;
    }
    if (shutting_down && error_ && !std::exchange(stopped_shutting_, true))
        return {.step = relay_step::stop_shutting};
    if (!shutting_down && ended_[0] && ended_[1])
        return {.step = relay_step::finish, .error = error_};
    return {};
}

void relay_engine::want(unsigned char direction, stop_request request) noexcept
{
    wanted_[direction] = std::max(wanted_[direction], request);
}

void relay_engine::fail(const error_code& error) noexcept
{
    if (!error_)
        error_ = error;
}

// Who could not be written can still have sent something, an early answer for one: what has arrived of it is passed
// on, but it is not waited for. If a source has failed, what was already taken from the other is delivered.
error_code relay_engine::ended(unsigned char direction, error_code error, bool sink_failed) noexcept
{
    const auto other = static_cast<unsigned char>(1 - direction);
    ended_[direction] = true;
    if (!error && source_reset_[direction])
        error = errno_code(ECONNRESET);
    if (!error)
    {
        shutting_[direction] = shutting::wanted;
        return error;
    }
    fail(error);
    source_reset_[other] = sink_failed && errno_of(error) == ECONNRESET;
    want(other, sink_failed ? stop_request::dry : stop_request::partial);
    return error;
}

void relay_engine::stop(stop_request request, bool has_begun) noexcept
{
    if (request == stop_request::total && has_begun)
        return;
    if (request == stop_request::total)
        request = stop_request::terminal;
    if (request == stop_request::terminal)
        fail(errno_code(ECANCELED));
    for (const unsigned char way : both_ways)
        want(way, request);
}

// Once all has been asked to end at once, which both directions are together, there is nothing to be done about what does
// not.
relay_engine::duration relay_engine::limit() const noexcept
{
    if (wanted_[0] == stop_request::terminal)
        return duration::zero();
    const bool half_closed = ended_[0] || ended_[1];
    if (!half_closed || half_close_ == duration::zero())
        return idle_;
    return idle_ == duration::zero() ? half_close_ : std::min(idle_, half_close_);
}

relay_engine::time_point relay_engine::deadline() const noexcept
{
    return limit() < time_point::max() - last_moved_ ? last_moved_ + limit() : time_point::max();
}

void relay_engine::tell_time(time_point now) noexcept
{
    if (!is_timed() || now < deadline())
        return;
    fail(errno_code(ETIMEDOUT));
    for (const unsigned char way : both_ways)
        want(way, stop_request::terminal);
}

} // namespace kernel_copy::inline v0::detail

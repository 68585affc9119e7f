// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/machines.hpp>

#include <cerrno>
#include <utility>

namespace kernel_copy::detail {

void stream_transfer::end(const error_code& error) noexcept
{
    if (!std::exchange(ending_, true) && !end_)
        end_ = error;
}

action stream_transfer::again()
{
    if (ending_)
        return wind_up();
    if (writing_ == call::none && front().empty() && !back().empty())
        front_ = static_cast<unsigned char>(1 - front_);
    if (writing_ == call::none && !front().empty())
        return write();
    const unsigned char space = front().empty() ? front_ : static_cast<unsigned char>(1 - front_);
    if (reading_ == call::none && halves_[space].empty() && !taking_is_over())
    {
        if (const action next = read(space); next.kind != action_kind::await)
            return next;
    }
    if (busy())
        return {.kind = action_kind::await};
    if (end_.failed())
        return {.kind = action_kind::finish, .error = end_};
    return {.kind = ended_ ? action_kind::source_ended : action_kind::done_taking};
}

// What is under way is ended, and waited for: it may have moved bytes, and they count.
action stream_transfer::wind_up()
{
    if (!busy())
        return {.kind = action_kind::finish, .error = end_};
    return {.kind = std::exchange(cancelled_, true) ? action_kind::await : action_kind::cancel_calls};
}

action stream_transfer::write()
{
    if (std::exchange(sink_waits_, false))
    {
        writing_ = call::wait;
        return {.kind = action_kind::wait_sink};
    }
    writing_ = call::transfer;
    return {
        .kind = action_kind::write_buffer, .half = front_, .length = front().to - front().from, .offset = front().from};
}

action stream_transfer::read(unsigned char into)
{
    if (std::exchange(source_waits_, false))
    {
        reading_ = call::wait;
        return {.kind = action_kind::wait_source};
    }
    const std::uint64_t length = std::min(context_.next_length(), context_.buffer_size);
    if (length == 0) // what is being written gives the thread away by itself
        return writing_ == call::none ? context_.pause() : action{.kind = action_kind::await};
    reading_ = call::transfer;
    target_ = into;
    return {.kind = action_kind::read_source, .half = into, .length = length};
}

void stream_transfer::happened(const event& e)
{
    if (e.begun)
        return;
    e.side == call_side::sink ? sink_says(e) : source_says(e);
}

void stream_transfer::source_says(const event& e)
{
    const bool waited = std::exchange(reading_, call::none) == call::wait;
    if (e.bytes != 0)
    {
        halves_[target_] = {.from = 0, .to = e.bytes};
        context_.took(e.bytes);
    }
    if (e.interrupted || ending_)
    {
        source_waits_ = waited; // in vain
        return;
    }
    if (e.error && !waited && errno_of(e.error) == EAGAIN && context_.source != end_kind::stream)
        source_waits_ = true;
    else if (e.error)
        end_ = e.error;
    else if (!waited && e.bytes == 0)
        ended_ = true;
}

void stream_transfer::sink_says(const event& e)
{
    const bool waited = std::exchange(writing_, call::none) == call::wait;
    front().from += e.bytes;
    context_.delivered(e.bytes);
    if (e.interrupted || ending_)
        return;
    if (e.error && !waited && errno_of(e.error) == EAGAIN && context_.sink != end_kind::stream)
        sink_waits_ = true;
    else if (e.error || (!waited && e.bytes == 0))
    {
        sink_failed_ = !end_;
        end(e.error ? e.error : errc::sink_took_nothing);
    }
}

} // namespace kernel_copy::detail

// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/errno_policy.hpp>
#include <kernel_copy/detail/machines.hpp>

#include <cerrno>
#include <utility>

namespace kernel_copy::inline v0::detail {

action direct_transfer::ask(step next, const action& how) noexcept
{
    step_ = next;
    return how;
}

action direct_transfer::again()
{
    if (context_.done_taking())
        return {.kind = action_kind::done_taking};
    asked_ = context_.transfer_length(by_);
    if (asked_ == 0)
        return context_.pause();
    if (context_.reads == place::here_if_ready)
    {
        const std::uint64_t warm = context_.warm.left(context_.source_position());
        if (warm == 0 && !context_.at_known_end())
            return context_.warm.is_cold(context_.source_position()) ? action{.kind = action_kind::go_cold}
                                                                     : ask(step::warming, context_.ask_warmth());
        asked_ = std::min(asked_, warm != 0 ? warm : growth_probe);
    }
    return {.kind = action_kind::transfer, .by = by_, .runs = context_.writes, .length = asked_};
}

action direct_transfer::resume(const event& e)
{
    switch (std::exchange(step_, step::moving))
    {
    case step::warming:
        return context_.warm.found(e.bytes) ? again() : action{.kind = action_kind::go_cold};
    case step::asking:
        return e.error ? action{.kind = action_kind::finish, .error = e.error} : ready(e);
    case step::looking:
        return after_look(e);
    default:
        break;
    }
    if (!e.error)
        return moved(e);
    if (judge(by_, e.error) == verdict::wait)
        return blocked();
    return after_failure(by_, e.error, action_kind::wait_sink);
}

action direct_transfer::moved(const event& e)
{
    if (e.bytes == 0)
    {
        const action next = context_.after_nothing();
        return next.kind == action_kind::confirm_end ? ask(step::looking, next) : next;
    }
    unexplained_ = 0;
    context_.held_back = by_ == method::sendfile && e.bytes < asked_;
    context_.stepped(e.bytes, asked_, e.nanoseconds);
    context_.moved(e.bytes);
    return again();
}

// EAGAIN from a splice does not say which end is not ready. A file is always ready; of two ends that are not
// files the kernel is asked.
action direct_transfer::blocked()
{
    if (is_file(context_.source))
        return {.kind = action_kind::wait_sink};
    if (is_file(context_.sink))
        return {.kind = action_kind::wait_source};
    if (unexplained_ == most_unexplained)
        return {.kind = action_kind::hand_over, .error = errno_code(EAGAIN)};
    return ask(step::asking, {.kind = action_kind::ask_readiness});
}

action direct_transfer::ready(const event& e)
{
    const std::uint64_t which = e.bytes;
    const bool explained = (which & source_ready) == 0 || (which & sink_ready) == 0;
    unexplained_ = explained ? 0 : unexplained_ + 1;
    if (!explained)
        return again();
    return {.kind = (which & source_ready) == 0 ? action_kind::wait_source : action_kind::wait_sink};
}

} // namespace kernel_copy::inline v0::detail

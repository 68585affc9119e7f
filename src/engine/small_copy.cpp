// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/errno_policy.hpp>
#include <kernel_copy/detail/small_copy.hpp>

namespace kernel_copy::inline v0::detail {

// What must be refused, or keeps a rate, or has but one way to go, is for an engine.
std::optional<small_copy> small_copy::begin(const copy_terms& terms, const method_set& methods,
                                            const availability_table& known) noexcept
{
    const auto splice = known[static_cast<std::size_t>(call_behind(method::splice_through_pipe))];
    const bool may_splice = methods.contains(method::splice_through_pipe) && splice != availability::unavailable;
    if (!may_splice || !methods.contains(method::buffer) || terms.turn_budget == 0 || terms.buffer_size == 0 ||
        terms.bytes_per_second != 0)
        return std::nullopt;
    small_copy copy;
    copy.choice.enable();
    return copy;
}

action_kind small_copy::resume(const event& e, std::uint64_t most) noexcept
{
    switch (at)
    {
    case step::waiting:
        if (e.error)
            return action_kind::hand_over;
        at = step::reading;
        return action_kind::read_source;
    case step::reading:
        if (e.error && judge(method::buffer, e.error) == verdict::wait)
        {
            at = step::waiting;
            has_waited = true;
            return action_kind::wait_source;
        }
        if (e.error || e.bytes >= most || (e.bytes != 0 && taken != 0 && !has_waited))
            return action_kind::hand_over;
        if (e.bytes == 0)
            return action_kind::finish;
        choice.was_short();
        taken += e.bytes;
        at = step::writing;
        return action_kind::write_buffer;
    case step::writing:
        break;
    }
    if (e.error || e.bytes != in_flight())
        return action_kind::hand_over;
    delivered += e.bytes;
    at = has_waited ? step::waiting : step::reading;
    return has_waited ? action_kind::wait_source : action_kind::read_source;
}

} // namespace kernel_copy::inline v0::detail

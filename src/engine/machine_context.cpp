// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/errno_policy.hpp>
#include <kernel_copy/detail/machines.hpp>

namespace kernel_copy::detail {

std::uint64_t machine_context::next_length() const noexcept
{
    return std::min({counts.allowed(), turn.left(), call_cap});
}

std::uint64_t machine_context::known_rest() const noexcept
{
    const std::uint64_t read = setup.source.position + counts.taken_from_innermost();
    return setup.source.size > read ? setup.source.size - read : 0;
}

action after_failure(method by, const error_code& error, action_kind wait)
{
    switch (judge(by, error))
    {
    case verdict::wait:
        return {.kind = wait};
    case verdict::hand_over:
        return {.kind = action_kind::hand_over, .error = error};
    case verdict::probe:
        return {.kind = action_kind::suspect_call, .error = error};
    case verdict::fail:
        break;
    }
    return {.kind = action_kind::finish, .error = error};
}

} // namespace kernel_copy::detail

// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/errno_policy.hpp>
#include <kernel_copy/detail/machines.hpp>

#include <cerrno>

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

action after_nothing(const end_facts& source) noexcept
{
    return {.kind = source.kind == end_kind::stream_socket ? action_kind::confirm_end : action_kind::source_ended};
}

action after_look(const event& e)
{
    const int error = errno_of(e.error);
    if (e.bytes != 0 || error == EAGAIN)
        return {.kind = action_kind::hand_over, .error = errno_code(EAGAIN)};
    if (e.error && error != ENOTSOCK) // a wrong hint: 0 was the end
        return {.kind = action_kind::finish, .error = e.error};
    return {.kind = action_kind::source_ended};
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

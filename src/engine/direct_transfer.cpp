// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/errno_policy.hpp>
#include <kernel_copy/detail/machines.hpp>

#include <cerrno>
#include <utility>

namespace kernel_copy::detail {

action direct_transfer::again()
{
    if (context_.done_taking())
        return {.kind = action_kind::done_taking};
    std::uint64_t length = context_.next_length();
    if (length == 0)
        return context_.pause();
    // A count beyond the end of the file makes sendfile hold the last segment back, as if more were to come.
    // Once the known size is used up the file is asked whether it has grown.
    if (const std::uint64_t rest = context_.known_rest(); rest != 0 && by_ != method::copy_file_range)
        length = std::min(length, rest);
    return {.kind = action_kind::transfer, .by = by_, .length = length};
}

action direct_transfer::resume(const event& e)
{
    if (asking_)
    {
        asking_ = false;
        return e.error ? action{.kind = action_kind::finish, .error = e.error} : ready(e.bytes);
    }
    if (std::exchange(looking_, false))
        return after_look(e);
    if (!e.error)
        return moved(e.bytes);
    if (judge(by_, e.error) == verdict::wait)
        return blocked();
    return after_failure(by_, e.error, action_kind::wait_sink);
}

action direct_transfer::moved(std::uint64_t n)
{
    if (n == 0)
    {
        // copy_file_range has said 0 for files that were not at their end (procfs, overlayfs): only a read
        // can be believed. After some bytes it is the end.
        if (by_ == method::copy_file_range && !moved_any_)
            return {.kind = action_kind::hand_over, .error = errc::returned_nothing};
        const action next = after_nothing(context_.source);
        looking_ = next.kind == action_kind::confirm_end;
        return next;
    }
    moved_any_ = true;
    unexplained_ = 0;
    context_.took(n);
    context_.delivered(n);
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
    asking_ = true;
    return {.kind = action_kind::ask_readiness};
}

action direct_transfer::ready(std::uint64_t which)
{
    const bool explained = (which & source_ready) == 0 || (which & sink_ready) == 0;
    unexplained_ = explained ? 0 : unexplained_ + 1;
    if (!explained)
        return again();
    return {.kind = (which & source_ready) == 0 ? action_kind::wait_source : action_kind::wait_sink};
}

} // namespace kernel_copy::detail

// Distributed under the Boost Software License, Version 1.0.
#include "scripted_kernel.hpp"

#include <support/injections.hpp>

#include <cerrno>
#include <set>

namespace kernel_copy::test {

scripted_kernel::scripted_kernel(decisions& from, bool has_files) : has_files_{has_files}
{
    for (std::size_t n = from.below(8); n > 4; --n)
        lies_.push_back({.at = from.byte() % 64u, .error = from.flag() ? from.pick(failures) : 0});
    kernel_.instead = [this](const std::string& call, std::size_t, std::uint64_t) { return answer(call); };
}

// Asked under the kernel's lock.
::test::fake_kernel::answer scripted_kernel::answer(const std::string& call)
{
    const std::size_t at = calls_++;
    for (lie& each : lies_)
        if (each.at == at && can_fail_with(call, each.error))
        {
            has_lied_ = true;
            each.told = call;
            return detail::call_result{.bytes = 0, .error = each.error};
        }
    return {};
}

bool scripted_kernel::can_fail_with(const std::string& call, int error) const
{
    // Without it a descriptor blocks, as its owner has made it.
    static const std::set<std::string> never{"set_non_blocking"};
    // What these say if they succeed is a descriptor, a capacity, a position, flags, or that all is done.
    static const std::set<std::string> never_nothing{
        "fcntl", "pipe",     "duplicate", "watch",     "reopen", "move_back",   "move_on",       "extend", "punch",
        "clone", "shutdown", "find_data", "find_hole", "fstat",  "resize_pipe", "pipe_capacity", "lseek"};
    static const std::set<std::string> may_block{"recv", "send", "read_if_ready", "look"};
    static const std::set<std::string> may_block_but_for_files{"read", "write", "splice", "sendfile"};
    if (never.contains(call) || (error == 0 && never_nothing.contains(call)))
        return false;
    return error != EAGAIN || may_block.contains(call) || (!has_files_ && may_block_but_for_files.contains(call));
}

bool scripted_kernel::has_lied_about(const char* call) const
{
    return std::any_of(lies_.begin(), lies_.end(), [call](const lie& each) { return each.told == call; });
}

bool scripted_kernel::has_said_nothing() const
{
    return std::any_of(lies_.begin(), lies_.end(),
                       [](const lie& each) { return !each.told.empty() && each.error == 0; });
}

std::string scripted_kernel::describe() const
{
    std::string said;
    for (const lie& each : lies_)
        said += "\ncall " + std::to_string(each.at) + " " + each.told + ": errno " + std::to_string(each.error);
    return said;
}

} // namespace kernel_copy::test

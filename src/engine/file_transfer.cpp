// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/file_transfer.hpp>
#include <kernel_copy/detail/machines.hpp>

#include <algorithm>
#include <utility>

namespace kernel_copy::inline v0::detail {

namespace {

// Parts that do not reach the end of a file are shared in whole blocks, which no file system has larger.
constexpr std::uint64_t clone_block = 64 * 1024;

// A file that changes can say that data ends where it begins. So much is copied then before it is asked again, or that
// could go on for ever.
constexpr std::uint64_t least_data = 64 * 1024;

} // namespace

action file_transfer::ask(step next, action_kind kind, std::uint64_t length) noexcept
{
    step_ = next;
    return {.kind = kind, .by = by_, .runs = context_.writes, .length = length, .offset = context_.source_position()};
}

action file_transfer::again()
{
    if (context_.done_taking())
        return {.kind = action_kind::done_taking};
    asked_ = context_.transfer_length(by_);
    if (asked_ == 0)
        return context_.pause();
    if (const std::uint64_t length = shares_ ? shareable() : 0; length != 0)
        return ask(step::sharing, action_kind::clone_range, length);
    // Behind the size that the file had at first there may be more by now, but that is not searched for holes.
    if (!keeps_holes_ || context_.known_rest() == 0)
        return transfer();
    if (hole_ == 0 && data_ == 0)
        return ask(step::finding, action_kind::find_data, 0);
    // A hole is skipped together with the data behind it, which makes the sink as large as it has to be.
    const std::uint64_t most = std::min(context_.counts.allowed(), context_.pacer.allowance());
    if (data_ == 0 || hole_ >= most)
        return ask(step::skipping, action_kind::skip_hole, std::min(hole_, most));
    asked_ = std::min({asked_, data_, most - hole_});
    return transfer();
}

action file_transfer::transfer() noexcept
{
    action next = ask(step::moving, action_kind::transfer, asked_);
    next.hole = hole_;
    if (hole_ == 0)
        next.offset = 0;
    return next;
}

action file_transfer::resume(const event& e)
{
    switch (std::exchange(step_, step::moving))
    {
    case step::sharing:
        return shared(e);
    case step::finding:
        return found(e);
    case step::skipping:
        return skipped(e);
    default:
        break;
    }
    // What is wrong with it without the hole is what is to be told, and where.
    if (hole_ != 0 && (e.error || e.bytes == 0))
        return without_holes();
    return e.error ? after_failure(by_, e.error, action_kind::wait_sink) : moved(e);
}

std::uint64_t file_transfer::shareable() const noexcept
{
    const std::uint64_t rest = context_.known_rest();
    const std::uint64_t length = std::min({rest, context_.counts.allowed(), call_cap});
    return length == rest ? length : length - length % clone_block;
}

// Whatever is wrong, other than that these files can't share, is wrong with copy_file_range too.
action file_transfer::shared(const event& e)
{
    shares_ = !e.error && e.bytes != 0;
    if (shares_)
        context_.moved(e.bytes);
    moved_any_ = moved_any_ || shares_;
    return again();
}

action file_transfer::found(const event& e)
{
    if (e.error)
        return without_holes();
    const std::uint64_t here = context_.source_position();
    hole_ = e.bytes > here ? std::min(e.bytes - here, context_.known_rest()) : 0;
    const std::uint64_t begin = here + hole_;
    const std::uint64_t least = hole_ != 0 ? 0 : least_data;
    data_ = e.end > begin && hole_ != context_.known_rest() ? e.end - begin : least;
    return again();
}

action file_transfer::skipped(const event& e)
{
    if (e.error || e.bytes == 0)
        return without_holes();
    hole_ -= std::min(hole_, e.bytes);
    context_.moved(e.bytes);
    return again();
}

action file_transfer::without_holes()
{
    keeps_holes_ = false;
    hole_ = 0;
    return again();
}

action file_transfer::moved(const event& e)
{
    if (e.bytes == 0)
        return ended();
    moved_any_ = true;
    const std::uint64_t skipped = std::min(hole_, e.bytes);
    hole_ -= skipped;
    data_ -= std::min(data_, e.bytes - skipped);
    context_.stepped(e.bytes - skipped, asked_, e.nanoseconds);
    context_.moved(e.bytes);
    return again();
}

// copy_file_range has said 0 for files that were not at their end (procfs, overlayfs): only a read can be believed.
// After some bytes it is the end, or where the file's size says so too.
action file_transfer::ended() const
{
    const bool is_first = by_ == method::copy_file_range && !moved_any_ && !context_.at_known_end();
    return is_first ? action{.kind = action_kind::hand_over, .error = errc::returned_nothing}
                    : context_.after_nothing();
}

} // namespace kernel_copy::inline v0::detail

// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/errno_policy.hpp>
#include <kernel_copy/detail/machines.hpp>

#include <cerrno>

namespace kernel_copy::inline v0::detail {

machine_context::machine_context(const copy_setup& setup, const progress& begin) noexcept
    : machine_context{static_cast<const copy_terms&>(setup), begin}
{
    // The position is that of now; what is counted from is where the first byte was taken.
    const std::uint64_t taken = begin.taken_from_innermost();
    const std::uint64_t rest = setup.source.size - std::min(setup.source.size, setup.source.position);
    known_end = rest != 0 ? rest + taken : 0;
    source = setup.source.kind;
    sink = setup.sink.kind;
    held_back = setup.held_back;
    warm = setup.warm;
    source_start = setup.source.position - taken;
    // A hole is made at a position, where a file that is appended to has what was in it before.
    has_holes = setup.source.has_holes && !setup.sink.may_append;
    if (setup.disk == disk::inline_)
        return;
    // A file that is written to has to wait whatever it is given: for room among the pages to be written, for a journal.
    writes = is_file(sink) ? place::worker : place::here;
    // Of a block device it is not known where it is read, nor where it ends: nor, then, what of it is in memory.
    const bool can_be_asked = source == end_kind::regular_file && setup.disk == disk::when_cold && !is_file(sink);
    if (is_file(source))
        reads = can_be_asked ? place::here_if_ready : place::worker;
}

action machine_context::ask_warmth() noexcept
{
    const std::uint64_t rest = known_rest() != 0 ? known_rest() : no_limit;
    const std::uint64_t most = std::min({counts.allowed(), rest, call_cap});
    return {.kind = action_kind::ask_warmth,
            .length = warm.ask(source_position(), std::min({most, turn.budget(), warm_stretch::first_asked}), most),
            .offset = source_position()};
}

action machine_context::pause() const noexcept
{
    return pacer.allowance() == 0 ? action{.kind = action_kind::pace, .length = pacer.pause()}
                                  : action{.kind = action_kind::yield};
}

// A count beyond the end of the file makes sendfile hold the last segment back, as if more were to come. Once the known
// size is used up the file is asked whether it has grown.
std::uint64_t machine_context::transfer_length(method by) const noexcept
{
    const std::uint64_t length = length_at(writes);
    const std::uint64_t rest = known_rest();
    return rest != 0 && by != method::copy_file_range ? std::min(length, rest) : length;
}

std::uint64_t machine_context::known_rest() const noexcept
{
    return known_end - std::min(known_end, counts.taken_from_innermost());
}

// At TCP's urgent mark a splice moves nothing, and with the end of the stream behind the mark it says 0: a socket is
// looked at before its end is believed. A file system whose reads are short makes sendfile and splice say 0 before the
// end (FUSE with direct_io): where a file is known to hold more, only a read is believed.
action machine_context::after_nothing() const noexcept
{
    if (known_rest() != 0)
        return {.kind = action_kind::hand_over, .error = errc::returned_nothing};
    return {.kind = source == end_kind::stream_socket ? action_kind::confirm_end : action_kind::source_ended};
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
    default:
        return {.kind = action_kind::finish, .error = error};
    }
}

} // namespace kernel_copy::inline v0::detail

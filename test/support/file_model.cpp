// Distributed under the Boost Software License, Version 1.0.
#include <support/engine_model.hpp>

#include <algorithm>
#include <cerrno>

namespace kernel_copy::test {

// What only files can do: share blocks, have holes, and be in memory or not.

event world::search(const action& a) const
{
    std::uint64_t begin = a.offset;
    for (const hole_spec& hole : holes_)
    {
        if (begin < hole.begin)
            return {.bytes = std::min(begin, source_end_), .end = std::min(hole.begin, source_end_)};
        begin = std::max(begin, hole.end);
    }
    return {.bytes = std::min(begin, source_end_), .end = source_end_};
}

event world::answer_for_files(const action& a)
{
    const std::uint64_t rest = source_end_ - cursor_;
    switch (a.kind)
    {
    case action_kind::clone_range:
        return temper_.shares && a.length <= rest ? event{.bytes = a.length} : event{.error = errno_code(EOPNOTSUPP)};
    case action_kind::find_data:
        return search(a);
    case action_kind::skip_hole:
        return {.bytes = std::min(a.length, rest)};
    default: // a transfer that begins with a hole
        return {.bytes = a.hole < rest ? a.hole + std::min(most(a), rest - a.hole) : 0};
    }
}

void world::files_happen(const action& a, const event& e)
{
    require(a.offset == cursor_, "another place in the file than where the copy is");
    if (a.kind == action_kind::find_data)
        data_begin_ = e.error ? cursor_ : e.bytes;
    const std::uint64_t hole = a.kind == action_kind::skip_hole ? a.length : a.hole;
    require(hole == 0 || hole <= data_begin_ - std::min(cursor_, data_begin_), "skips what may be data");
    if (a.kind == action_kind::find_data)
        return;
    require(e.bytes <= a.hole + a.length, "the answer says more than was asked for");
    sink_.append(from_source(e.bytes));
}

std::uint64_t world::warm(std::uint64_t length)
{
    const bool odd = ++looks_ % 2 != 0;
    switch (temper_.files)
    {
    case warmth::all:
        return length;
    case warmth::none:
        return 0;
    case warmth::every_other:
        return odd ? length : 0;
    default:
        return std::min<std::uint64_t>(length, 5000);
    }
}

event world::read_without_waiting(const action& a)
{
    const std::uint64_t there = std::min(most(a), source_end_ - cursor_);
    if (temper_.files == warmth::every_other)
        switch (++looks_ % 4)
        {
        case 0:
            return {};
        case 1:
            return {.bytes = (there + 1) / 2};
        case 2:
            return {.bytes = 0, .error = errno_code(EAGAIN)};
        default:
            return {.bytes = there};
        }
    const std::uint64_t ready = warm(there);
    return ready == 0 && there != 0 ? event{.bytes = 0, .error = errno_code(EAGAIN)} : event{.bytes = ready};
}

} // namespace kernel_copy::test

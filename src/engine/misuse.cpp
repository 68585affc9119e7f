// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/action.hpp>
#include <kernel_copy/detail/plan.hpp>
#include <kernel_copy/detail/progress.hpp>

#include <algorithm>
#include <cerrno>
#include <limits>

namespace kernel_copy::inline v0::detail {

error_code find_misuse(const copy_setup& s, std::uint64_t limit) noexcept
{
    if (s.turn_budget == 0 || s.buffer_size == 0)
        return errno_code(EINVAL);
    if (s.source.closed || s.sink.closed)
        return errno_code(EBADF);
    if (s.has_range && !is_file_range(s.source.position, s.range_length))
        return errno_code(EINVAL);
    if (s.source.is_directory || s.sink.is_directory)
        return errno_code(EISDIR);
    if (s.source.wrong_direction || s.sink.wrong_direction)
        return errno_code(EBADF); // now, before bytes are taken that could not be written
    if (s.has_range && s.source.kind != end_kind::unknown && !is_file(s.source.kind))
        return errno_code(ESPIPE);
    if (is_same_file(s.source, s.sink) && ranges_overlap(s.source, s.sink, limit))
        return errc::overlapping_copy;
    return {};
}

bool ranges_overlap(const end_facts& source, const end_facts& sink, std::uint64_t limit) noexcept
{
    const std::uint64_t from = source.position;
    const std::uint64_t to = sink.append_only ? std::max(sink.size, sink.position) : sink.position;
    if (to >= from) // what is written lies ahead of what will be read, and moves the end of the file along
        return limit > to - from && from < source.size;
    const std::uint64_t rest = source.size > from ? source.size - from : 0;
    return std::min(limit, rest) > from - to;
}

bool is_file_range(std::uint64_t offset, std::uint64_t length) noexcept
{
    constexpr std::uint64_t end = std::numeric_limits<std::int64_t>::max();
    return offset <= end && (length == no_limit || length <= end - offset);
}

} // namespace kernel_copy::inline v0::detail

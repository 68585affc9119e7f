// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/file_calls.hpp>
#include <kernel_copy/detail/reopened.hpp>

#include <algorithm>
#include <cerrno>

namespace kernel_copy::inline v0::detail {

namespace {

struct positions
{
    std::uint64_t source = 0;
    std::uint64_t sink = 0;
    int error = 0;
};

positions positions_of(kernel& k, const transfer_call& call)
{
    const call_result from = call.has_offset ? call_result{.bytes = call.offset} : k.position(call.source);
    const call_result to = k.position(call.sink);
    return {.source = from.bytes, .sink = to.bytes, .error = std::max(from.error, to.error)};
}

/// Where a hole was found to begin. If others have moved the source's position, it is not there.
positions positions_at_hole(kernel& k, const transfer_call& call)
{
    positions now = positions_of(k, call);
    if (now.error == 0 && now.source != call.what.offset)
        now.error = is_another_file;
    return now;
}

call_result move_both_on(kernel& k, const transfer_call& call, std::uint64_t length)
{
    if (!call.has_offset)
        if (const call_result source = k.move_on(call.source, length); source.error != 0)
            return source;
    const call_result sink = k.move_on(call.sink, length);
    if (sink.error == 0)
        return {.bytes = length};
    if (!call.has_offset)
        k.move_back(call.source, length);
    return sink;
}

/// Makes a hole of what the sink has there.
call_result clear(kernel& k, int sink, std::uint64_t begin, std::uint64_t end, std::uint64_t size)
{
    return begin < size ? k.punch(sink, begin, std::min(end, size) - begin) : call_result{};
}

} // namespace

call_result clone_range(kernel& k, const transfer_call& call)
{
    const positions now = positions_of(k, call);
    if (now.error != 0)
        return {.bytes = 0, .error = now.error};
    const call_result made = k.clone(call.source, now.source, call.sink, now.sink, call.what.length);
    return made.error == 0 ? move_both_on(k, call, call.what.length) : made;
}

call_result skip_hole(kernel& k, const transfer_call& call)
{
    const positions now = positions_at_hole(k, call);
    if (now.error != 0)
        return {.bytes = 0, .error = now.error};
    file_status sink{};
    call_result made = k.status(call.sink, sink);
    const std::uint64_t end = now.sink + call.what.length;
    if (made.error == 0)
        made = clear(k, call.sink, now.sink, end, sink.size);
    if (made.error == 0 && end > sink.size)
        made = k.extend(call.sink, end);
    return made.error == 0 ? move_both_on(k, call, call.what.length) : made;
}

// The sink becomes larger by what is written behind the hole, and without that it is as if nothing had been tried.
call_result transfer_behind_hole(kernel& k, const transfer_call& call)
{
    const positions now = positions_at_hole(k, call);
    if (now.error != 0)
        return {.bytes = 0, .error = now.error};
    const std::uint64_t hole = call.what.hole;
    file_status sink{};
    call_result made = k.status(call.sink, sink);
    if (made.error == 0)
        made = clear(k, call.sink, now.sink, now.sink + hole, sink.size);
    if (made.error == 0)
        made = move_both_on(k, call, hole);
    if (made.error != 0)
        return made;

    transfer_call behind = call;
    behind.what.hole = 0;
    behind.offset += hole;
    const call_result moved = behind.make(k);
    if (moved.error == 0 && moved.bytes != 0)
        return {.bytes = hole + moved.bytes};
    if (!call.has_offset)
        k.move_back(call.source, hole);
    k.move_back(call.sink, hole);
    return moved;
}

event find_data(kernel& k, const transfer_call& call)
{
    const call_result file = call.lookout->of(call.source);
    if (file.error != 0)
        return outcome_of(file);
    const auto descriptor = static_cast<int>(file.bytes);
    event found = outcome_of(k.find_data(descriptor, call.what.offset));
    if (!found.error)
        found.end = k.find_hole(descriptor, found.bytes).bytes;
    if (errno_of(found.error) != ENXIO)
        return found;
    file_status status{};
    const call_result known = k.status(descriptor, status);
    return outcome_of({.bytes = status.size, .error = known.error});
}

} // namespace kernel_copy::inline v0::detail

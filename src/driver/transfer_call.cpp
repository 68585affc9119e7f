// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/file_calls.hpp>
#include <kernel_copy/detail/transfer_call.hpp>

#include <algorithm>
#include <cerrno>

namespace kernel_copy::inline v0::detail {

call_result transfer_call::make(kernel& k) const
{
    const std::uint64_t* const at = has_offset ? &offset : nullptr;
    if (what.hole != 0)
        return transfer_behind_hole(k, *this);
    switch (what.kind)
    {
    case action_kind::read_source:
        return what.runs == place::here_if_ready ? k.read_if_ready(source, at, to, what.length)
                                                 : k.read(source, at, to, what.length);
    case action_kind::write_memory:
    case action_kind::write_buffer:
        return k.write(sink, from.data(), from.size());
    case action_kind::fill_pipe:
    case action_kind::drain_pipe:
        return k.splice(source, at, sink, what.length);
    case action_kind::clone_range:
        return clone_range(k, *this);
    case action_kind::skip_hole:
        return skip_hole(k, *this);
    case action_kind::transfer:
        break;
    default:
        return {.bytes = 0, .error = EINVAL};
    }
    switch (what.by)
    {
    case method::copy_file_range:
        return k.copy_file_range(source, at, sink, what.length);
    case method::sendfile:
        return k.sendfile(source, at, sink, what.length);
    default:
        return k.splice(source, at, sink, what.length);
    }
}

event transfer_call::make_on_worker(kernel& k) const
{
    signal_guard guard{false};
    if (signals_matter)
        guard.arm();
    const std::uint64_t begun = k.now();
    event e = what.kind == action_kind::find_data ? find_data(k, *this) : outcome_of(make(k));
    guard.note({.bytes = e.bytes, .error = errno_of(e.error)}, what.length + what.hole);
    e.side = side_of(what.kind);
    e.nanoseconds = std::max<std::uint64_t>(k.now() - begun, 1);
    return e;
}

} // namespace kernel_copy::inline v0::detail

// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/transfer_call.hpp>

#include <algorithm>
#include <cerrno>

namespace kernel_copy::detail {

call_result transfer_call::make(kernel& k) const
{
    const std::uint64_t* const at = has_offset ? &offset : nullptr;
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
    const call_result result = make(k);
    guard.note(result, what.length);
    event e = outcome_of(result);
    e.side = side_of(what.kind);
    e.nanoseconds = std::max<std::uint64_t>(k.now() - begun, 1);
    return e;
}

} // namespace kernel_copy::detail

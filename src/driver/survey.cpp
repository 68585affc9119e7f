// Distributed under the Boost Software License, Version 1.0.
#include "engine_pump.hpp"

#include <kernel_copy/detail/file_memory.hpp>
#include <kernel_copy/detail/whole_range.hpp>

#include <algorithm>

namespace kernel_copy::inline v0::detail {

copy_terms terms_of(const copy_options& options) noexcept
{
    return {.turn_budget = options.turn_budget,
            .buffer_size = options.buffer_size,
            .pipe_capacity = options.pipe_capacity,
            .bytes_per_second = options.max_bytes_per_second,
            .keeps_residue = options.residue != nullptr};
}

// Gathers what can be known before the first byte moves. With a stream at either end there is nothing to
// choose: what the other is matters only if it may be a file, whose calls are not to hold up the thread.
copy_setup engine_pump::survey()
{
    copy_setup setup{{terms_of(options_)}, {}, {}};
    setup.methods = options_.methods;
    setup.page_sharing = options_.page_sharing;
    setup.disk = options_.disk;
    setup.small_file = std::min<std::uint64_t>(small_file, options_.buffer_size);
    setup.known_calls = kernel_.known().snapshot();
    setup.sink_buffers = !sink_.buffers.empty();
    setup.held_back = held_back_before_;
    if (source_.memory != nullptr)
        setup.warm = source_.memory->warm();

    const bool streams = source_.kind == end_kind::stream || sink_.kind == end_kind::stream;
    const bool ask_kind = !streams || options_.disk != disk::inline_;
    setup.source = examine_source(ask_kind);
    setup.sink = examine(descriptors_.sink, sink_.kind, &file_access::writable, ask_kind);
    setup.sink.append_only = setup.sink.append_only && !streams;
    setup.adaptive = setup.source.kind == end_kind::stream_socket && setup.sink.kind == end_kind::stream_socket;
    look_at_positions(setup);
    make_non_blocking(source_.must_be_made_non_blocking, setup.source.kind, descriptors_.source);
    make_non_blocking(sink_.must_be_made_non_blocking, setup.sink.kind, descriptors_.sink);
    return setup;
}

// What a file is does not change while it is open, and of a part of it that goes to a socket nothing else is asked. If the
// file has become shorter meanwhile, that is found as when it becomes shorter while it is sent.
end_facts engine_pump::examine_source(bool ask_kind)
{
    const bool remembers = source_.memory != nullptr && sink_.kind == end_kind::stream_socket;
    const std::uint64_t size = remembers ? source_.memory->size() : 0;
    const std::uint64_t* const length = source_.position != nullptr ? source_.layers.back().limit : nullptr;
    const std::uint64_t rest = size - std::min(size, source_.position != nullptr ? *source_.position : size);
    if (descriptors_.source != -1 && length != nullptr && *length <= rest && rest != 0)
        return {.kind = end_kind::regular_file, .size = size};
    const end_facts facts = examine(descriptors_.source, source_.kind, &file_access::readable, ask_kind);
    if (source_.memory != nullptr && facts.kind == end_kind::regular_file && !facts.wrong_direction)
        source_.memory->keep_size(facts.size);
    return facts;
}

end_facts engine_pump::examine(int descriptor, end_kind kind, bool file_access::*needed, bool ask_kind)
{
    end_facts facts{};
    facts.kind = kind;
    facts.closed = kind != end_kind::stream && descriptor == -1;
    const bool certain = kind == end_kind::stream || kind == end_kind::stream_socket || kind == end_kind::pipe;
    if (certain || facts.closed)
        return facts;
    file_status status{};
    monitor_.system_calls(ask_kind ? 2 : 1);
    if (ask_kind && kernel_.status(descriptor, status).error == 0)
    {
        facts.kind = status.kind;
        facts.is_directory = status.is_directory;
        facts.size = status.kind == end_kind::regular_file ? status.size : 0;
        facts.has_holes = status.kind == end_kind::regular_file && status.allocated < status.size;
        facts.device = status.device;
        facts.inode = status.inode;
    }
    file_access access{};
    facts.may_append = kernel_.access(descriptor, access).error != 0; // a bad descriptor says so itself when it is used
    facts.wrong_direction = !(access.*needed);
    facts.append_only = access.appends;
    return facts;
}

void engine_pump::look_at_positions(copy_setup& setup)
{
    if (source_.position != nullptr)
    {
        const source_layer& range = source_.layers.back(); // the innermost of the wrappers
        setup.has_range = true;
        setup.source.position = *source_.position;
        setup.range_length = range.limit != nullptr ? *range.limit : no_limit;
    }
    else if (setup.source.kind == end_kind::regular_file && setup.source.size != 0)
    {
        monitor_.system_calls(1);
        setup.source.position = kernel_.position(descriptors_.source).bytes;
    }
    if (is_same_file(setup.source, setup.sink))
    {
        monitor_.system_calls(1);
        setup.sink.position = kernel_.position(descriptors_.sink).bytes;
    }
}

void engine_pump::make_non_blocking(bool needed, end_kind kind, int descriptor)
{
    if (!needed || is_file(kind))
        return;
    monitor_.system_calls(2);
    kernel_.set_non_blocking(descriptor);
}

} // namespace kernel_copy::inline v0::detail

// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/pump.hpp>

#include <cerrno>

#include <fcntl.h>

namespace kernel_copy::detail {

// What can be known before the first byte moves. With a stream at either end there is nothing to choose, and
// no descriptor is asked anything.
copy_setup pump::survey()
{
    copy_setup setup{};
    setup.source.kind = source_.kind;
    setup.sink.kind = sink_.kind;
    setup.methods = options_.methods;
    setup.page_sharing = options_.page_sharing;
    setup.turn_budget = options_.turn_budget;
    setup.buffer_size = options_.buffer_size;
    setup.pipe_capacity = options_.pipe_capacity;
    setup.known_calls = kernel_.known().snapshot();
    setup.sink_buffers = !sink_.buffers.empty();
    const bool source_closed = source_.kind != end_kind::stream && descriptors_.source == -1;
    const bool sink_closed = sink_.kind != end_kind::stream && descriptors_.sink == -1;
    if (source_closed || sink_closed)
        setup.refused = errno_code(EBADF);
    else if (source_.position != nullptr && !is_file_range(*source_.position, range_length()))
        setup.refused = errno_code(EINVAL);
    const bool streams = source_.kind == end_kind::stream || sink_.kind == end_kind::stream;
    if (!streams && !setup.refused)
        look_at_descriptors(setup);
    if (!setup.refused)
    {
        make_non_blocking(source_.must_be_made_non_blocking, setup.source.kind, descriptors_.source);
        make_non_blocking(sink_.must_be_made_non_blocking, setup.sink.kind, descriptors_.sink);
    }
    return setup;
}

// The range is the innermost of the wrappers.
std::uint64_t pump::range_length() const
{
    const source_layer& range = source_.layers.back();
    return range.limit != nullptr ? *range.limit : no_limit;
}

void pump::look_at_descriptors(copy_setup& setup)
{
    file_status source{};
    file_status sink{};
    setup.source = examine(descriptors_.source, source_.kind, true, source, setup.refused);
    setup.sink = examine(descriptors_.sink, sink_.kind, false, sink, setup.refused);
    if (setup.refused)
        return;

    if (source_.position != nullptr)
    {
        if (setup.source.kind != end_kind::regular_file && setup.source.kind != end_kind::block_device)
            setup.refused = errno_code(ESPIPE); // only files have ranges
        setup.source.position = *source_.position;
    }
    else if (setup.source.kind == end_kind::regular_file && setup.source.size != 0)
    {
        monitor_.system_calls(1);
        setup.source.position = kernel_.position(descriptors_.source).bytes;
    }
    look_for_overlap(setup, source, sink);
}

void pump::make_non_blocking(bool needed, end_kind kind, int descriptor)
{
    if (!needed || kind == end_kind::regular_file || kind == end_kind::block_device)
        return;
    monitor_.system_calls(2);
    kernel_.set_non_blocking(descriptor);
}

end_facts pump::examine(int descriptor, end_kind kind, bool is_source, file_status& status, error_code& refused)
{
    end_facts facts{.kind = kind};
    if (kind != end_kind::unknown)
        return facts;
    monitor_.system_calls(2);
    if (kernel_.status(descriptor, status).error == 0)
    {
        facts.kind = status.kind;
        if (status.is_directory)
            refused = errno_code(EISDIR);
        if (status.kind == end_kind::regular_file)
            facts.size = status.size;
    }
    const call_result flags = kernel_.open_flags(descriptor);
    if (flags.error != 0)
        return facts; // a bad descriptor says so itself when it is used
    const auto access = flags.bytes & O_ACCMODE;
    if (access == (is_source ? O_WRONLY : O_RDONLY) && !refused)
        refused = errno_code(EBADF); // before bytes are taken that could not be written
    facts.append_only = !is_source && (flags.bytes & O_APPEND) != 0;
    return facts;
}

void pump::look_for_overlap(copy_setup& setup, const file_status& source, const file_status& sink)
{
    const bool same_file = setup.source.kind == end_kind::regular_file && setup.sink.kind == end_kind::regular_file &&
                           source.device == sink.device && source.inode == sink.inode;
    if (!same_file)
        return;
    monitor_.system_calls(1);
    setup.sink.size = sink.size;
    setup.sink.position = kernel_.position(descriptors_.sink).bytes;
    if (ranges_overlap(setup.source, setup.sink, progress{source_.layers, nullptr}.allowed()))
        setup.refused = errc::overlapping_copy;
}

} // namespace kernel_copy::detail

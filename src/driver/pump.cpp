// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/pump.hpp>

#include <cerrno>
#include <new>

namespace kernel_copy::detail {

namespace {

event outcome(const call_result& result) noexcept
{
    return {.bytes = result.bytes, .error = result.error == 0 ? error_code{} : errno_code(result.error)};
}

} // namespace

pump::pump(const source_end& source, const sink_end& sink, const copy_options& options)
    : kernel_{current_kernel()}, source_{source}, sink_{sink}, options_{options}, monitor_{options.monitor},
      pipe_{kernel_}
{}

action pump::run(event e, stop_request stop, descriptor_pair descriptors)
{
    descriptors_ = descriptors;
    if (!engine_)
    {
        const copy_setup setup = survey();
        if (sink_.kind != end_kind::stream)
        {
            monitor_.system_calls(1);
            signals_matter_ = raised_signals_matter(setup.sink.kind);
        }
        engine_.emplace(setup, progress{source_.layers, source_.position});
    }
    signal_guard guard{signals_matter_, sink_.kind == end_kind::stream_socket};
    engine_->start_turn();
    for (;;)
    {
        const action done = pending_;
        pending_ = engine_->resume(e, stop);
        monitor_.after(*engine_, done);
        if (needs_buffer(pending_) && !ready_buffer())
        {
            e = {.bytes = 0, .error = errno_code(ENOMEM)};
            continue;
        }
        if (leaves_to_driver(pending_))
        {
            monitor_.system_calls(guard.release());
            monitor_.pause(pending_.kind);
            return pending_;
        }
        e = perform(pending_, guard);
    }
}

bool pump::needs_buffer(const action& a) const
{
    if (a.kind == action_kind::write_memory)
        return engine_->counts().front()->memory.needs_scratch;
    return a.kind == action_kind::read_source || a.kind == action_kind::read_pipe;
}

bool pump::ready_buffer() noexcept
{
    if (buffer_ == nullptr)
        buffer_.reset(new (std::nothrow) std::byte[options_.buffer_size]);
    return buffer_ != nullptr;
}

bool pump::leaves_to_driver(const action& a) const noexcept
{
    switch (a.kind)
    {
    case action_kind::wait_source:
    case action_kind::wait_sink:
    case action_kind::yield:
    case action_kind::finish:
        return true;
    case action_kind::read_source:
        return source_.kind == end_kind::stream;
    case action_kind::write_memory:
    case action_kind::write_buffer:
        return sink_.kind == end_kind::stream;
    default:
        return false;
    }
}

std::span<std::byte> pump::read_space(const action& a) const noexcept
{
    return {buffer_.get(), static_cast<std::size_t>(a.length)};
}

std::span<const std::byte> pump::write_data(const action& a)
{
    const auto length = static_cast<std::size_t>(a.length);
    if (a.kind == action_kind::write_buffer)
        return {buffer_.get() + a.offset, length};
    const memory_ref& memory = engine_->counts().front()->memory;
    const std::span<const std::byte> shown = memory.peek(memory.object, {buffer_.get(), options_.buffer_size});
    return shown.first(std::min(shown.size(), length));
}

event pump::perform(const action& a, signal_guard& guard)
{
    monitor_.system_calls(1);
    switch (a.kind)
    {
    case action_kind::fill_pipe:
        return outcome(kernel_.splice(descriptors_.source, source_.position, pipe_.write_end(), a.length));
    case action_kind::read_source:
        return outcome(kernel_.read(descriptors_.source, source_.position, buffer_.get(), a.length));
    case action_kind::read_pipe:
        return outcome(kernel_.read(pipe_.read_end(), nullptr, buffer_.get(), a.length));
    case action_kind::unread_source:
        return outcome(kernel_.move_back(descriptors_.source, a.length));
    case action_kind::open_pipe:
        return outcome(pipe_.open());
    case action_kind::grow_pipe:
        return outcome(pipe_.resize(options_.pipe_capacity));
    case action_kind::ask_readiness:
        return outcome(kernel_.ready(descriptors_.source, descriptors_.sink));
    case action_kind::confirm_end:
        return outcome(kernel_.look(descriptors_.source));
    case action_kind::probe_call:
        return {.bytes = kernel_.probe(a.by) ? 1u : 0u};
    case action_kind::flush_sink:
        guard.arm();
        return flush(guard);
    default:
        break;
    }
    guard.arm();
    const call_result result = deliver(a);
    guard.note(result, a.length);
    return outcome(result);
}

// What reaches the sink, and can therefore raise a signal.
call_result pump::deliver(const action& a)
{
    switch (a.kind)
    {
    case action_kind::write_memory:
    case action_kind::write_buffer:
    {
        const std::span<const std::byte> data = write_data(a);
        return kernel_.write(descriptors_.sink, data.data(), data.size());
    }
    case action_kind::drain_pipe:
        return kernel_.splice(pipe_.read_end(), nullptr, descriptors_.sink, a.length);
    default:
        break;
    }
    switch (a.by)
    {
    case method::copy_file_range:
        return kernel_.copy_file_range(descriptors_.source, source_.position, descriptors_.sink, a.length);
    case method::sendfile:
        return kernel_.sendfile(descriptors_.source, source_.position, descriptors_.sink, a.length);
    default:
        return kernel_.splice(descriptors_.source, source_.position, descriptors_.sink, a.length);
    }
}

event pump::flush(signal_guard& guard)
{
    for (const flush_ref& buffer : sink_.buffers)
    {
        error_code error;
        const std::size_t flushed = buffer.flush(buffer.object, error);
        guard.note({.bytes = flushed, .error = errno_of(error)}, flushed);
        if (error)
            return {.bytes = 0, .error = error};
    }
    return {};
}

} // namespace kernel_copy::detail

// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/pump.hpp>

#include <algorithm>
#include <cerrno>

namespace kernel_copy::detail {

namespace {

event outcome(const call_result& result) noexcept
{
    return {.bytes = result.bytes, .error = result.error == 0 ? error_code{} : errno_code(result.error)};
}

} // namespace

pump::pump(const source_end& source, const sink_end& sink, const copy_options& options, const context_ref& context)
    : kernel_{current_kernel()}, context_{context}, options_{options}, source_{source}, sink_{sink},
      monitor_{options.monitor}, pipe_{kernel_}
{}

pump::pump(const source_end& source, const sink_end& sink, const copy_options& options, const context_ref& context,
           const parked_pump& from, scratch&& buffer)
    : pump{source, sink, options, context}
{
    source_.kind = from.source;
    sink_.kind = from.sink;
    signals_matter_ = from.signals_matter;
    halves_[0].swap(buffer);
    engine_.emplace(terms(), progress{source_.layers, source_.position}, from.copy);
}

void pump::start()
{
    const copy_setup setup = survey();
    source_.kind = setup.source.kind;
    sink_.kind = setup.sink.kind;
    engine_.emplace(setup, progress{source_.layers, source_.position});
}

action pump::run(event e, stop_request stop, descriptor_pair descriptors)
{
    descriptors_ = descriptors;
    if (!engine_)
        start();
    signal_guard guard{sink_.kind == end_kind::stream_socket};
    engine_->start_turn();
    if (engine_->keeps_rate())
        engine_->tell_time(kernel_.now());
    for (;;)
    {
        monitor_.before(*engine_);
        const action next = engine_->resume(e, stop);
        monitor_.after(*engine_);
        if (needs_buffer(next) && !halves_[next.half].take(options_.buffer_size))
            e = {.bytes = 0, .error = errno_code(ENOMEM), .side = side_of(next.kind)};
        else if (leaves_to_driver(next))
        {
            monitor_.system_calls(guard.release());
            give_back(next);
            return next;
        }
        else
            e = perform(next, guard);
    }
}

bool pump::needs_buffer(const action& a) const
{
    if (a.kind == action_kind::write_memory)
        return engine_->counts().front()->memory.needs_scratch;
    return a.kind == action_kind::read_source || a.kind == action_kind::read_pipe;
}

bool pump::leaves_to_driver(const action& a) const noexcept
{
    switch (a.kind)
    {
    case action_kind::wait_source:
    case action_kind::wait_sink:
    case action_kind::yield:
    case action_kind::pace:
    case action_kind::await:
    case action_kind::cancel_calls:
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

// An operation that waits keeps only what holds bytes, or what a stream's own function works on.
void pump::give_back(const action& before) noexcept
{
    if (before.kind == action_kind::read_source)
        read_into_ = before.half;
    const bool over = before.kind == action_kind::finish;
    const bool empty = engine_->counts().in_flight() == 0;
    const bool spliced = engine_->current() == method::splice_through_pipe;
    if (before.kind != action_kind::write_memory && (over || empty || spliced))
        for (unsigned char i = 0; i != 2; ++i)
            if (over || source_.kind != end_kind::stream || i != read_into_)
                halves_[i].give_back();
    if (empty && (over || !spliced))
        pipe_.give_back();
    else if (over)
        pipe_.discard();
}

bool pump::source_is_ready(int descriptor)
{
    if (source_.kind == end_kind::stream || descriptor == -1)
        return false;
    monitor_.system_calls(1);
    return (kernel_.ready(descriptor, -1).bytes & source_ready) != 0;
}

std::span<std::byte> pump::read_space(const action& a) const noexcept
{
    return {halves_[a.half].data(), static_cast<std::size_t>(a.length)};
}

std::span<const std::byte> pump::write_data(const action& a)
{
    const auto length = static_cast<std::size_t>(a.length);
    std::byte* const buffer = halves_[a.half].data();
    if (a.kind == action_kind::write_buffer)
        return {buffer + a.offset, length};
    const memory_ref& memory = engine_->counts().front()->memory;
    const std::span<const std::byte> shown = memory.peek(memory.object, {buffer, options_.buffer_size});
    return shown.first(std::min(shown.size(), length));
}

event pump::perform(const action& a, signal_guard& guard)
{
    monitor_.system_calls(1);
    event done{};
    switch (a.kind)
    {
    case action_kind::fill_pipe:
        return outcome(kernel_.splice(descriptors_.source, source_.position, pipe_.write_end(), a.length));
    case action_kind::read_source:
        return outcome(read(halves_[a.half].data(), a.length));
    case action_kind::read_pipe:
        return outcome(kernel_.read(pipe_.read_end(), nullptr, halves_[a.half].data(), a.length));
    case action_kind::unread_source:
        return outcome(kernel_.move_back(descriptors_.source, a.length));
    case action_kind::open_pipe:
        return outcome(pipe_.take(context_.find(context_.object)));
    case action_kind::grow_pipe:
        return outcome(pipe_.grow(options_.pipe_capacity));
    case action_kind::return_pipe:
        pipe_.give_back();
        return {};
    case action_kind::ask_readiness:
        return outcome(kernel_.ready(descriptors_.source, descriptors_.sink));
    case action_kind::confirm_end:
        return outcome(kernel_.look(descriptors_.source));
    case action_kind::probe_call:
        return {.bytes = kernel_.probe(a.by) ? 1u : 0u};
    case action_kind::flush_sink:
        done = flush(guard);
        break;
    default:
        done = outcome(deliver(a, guard));
        break;
    }
    done.side = side_of(a.kind);
    return done;
}

void pump::arm(signal_guard& guard)
{
    if (!signals_matter_)
    {
        monitor_.system_calls(1);
        signals_matter_ = raised_signals_matter(sink_.kind);
    }
    if (*signals_matter_)
        guard.arm();
}

// What reaches the sink, and can therefore raise a signal.
call_result pump::deliver(const action& a, signal_guard& guard)
{
    if (a.kind == action_kind::write_memory || a.kind == action_kind::write_buffer)
        return write(write_data(a), guard);
    arm(guard);
    call_result result{};
    if (a.kind == action_kind::drain_pipe)
        result = kernel_.splice(pipe_.read_end(), nullptr, descriptors_.sink, a.length);
    else if (a.by == method::copy_file_range)
        result = kernel_.copy_file_range(descriptors_.source, source_.position, descriptors_.sink, a.length);
    else if (a.by == method::sendfile)
        result = kernel_.sendfile(descriptors_.source, source_.position, descriptors_.sink, a.length);
    else
        result = kernel_.splice(descriptors_.source, source_.position, descriptors_.sink, a.length);
    guard.note(result, a.length);
    return result;
}

call_result pump::read(void* to, std::uint64_t length)
{
    if (source_.kind == end_kind::stream_socket)
    {
        const call_result received = kernel_.receive(descriptors_.source, to, length);
        if (received.error != ENOTSOCK)
            return received;
        source_.kind = end_kind::unknown; // a wrong hint
    }
    return kernel_.read(descriptors_.source, source_.position, to, length);
}

// To a socket a send says by a flag what the guard says by two system calls.
call_result pump::write(std::span<const std::byte> data, signal_guard& guard)
{
    if (sink_.kind == end_kind::stream_socket)
    {
        const call_result sent = kernel_.send(descriptors_.sink, data.data(), data.size());
        if (sent.error != ENOTSOCK)
            return sent;
        sink_.kind = end_kind::unknown; // a wrong hint
    }
    arm(guard);
    const call_result written = kernel_.write(descriptors_.sink, data.data(), data.size());
    guard.note(written, data.size());
    return written;
}

event pump::flush(signal_guard& guard)
{
    arm(guard);
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

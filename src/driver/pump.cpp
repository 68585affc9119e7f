// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/pump.hpp>

#include <algorithm>
#include <cerrno>

namespace kernel_copy::detail {

pump::pump(const source_end& source, const sink_end& sink, const copy_options& options, const context_ref& context,
           const small_copy& done_before)
    : kernel_{current_kernel()}, context_{context}, options_{options}, source_{source}, sink_{sink},
      monitor_{options.monitor}, pipes_{pipe_lease{kernel_}, pipe_lease{kernel_}}, source_duplicate_{kernel_},
      sink_duplicate_{kernel_}, begin_{source_.layers, source_.position}
{
    begin_.go_on_from(done_before.taken, done_before.delivered, done_before.drained);
}

pump::pump(const source_end& source, const sink_end& sink, const copy_options& options, const context_ref& context,
           const parked_pump& from, scratch&& buffer)
    : pump{source, sink, options, context}
{
    source_.kind = from.source;
    sink_.kind = from.sink;
    signals_matter_ = from.signals_matter;
    halves_[0].swap(buffer);
    engine_.emplace(terms(), begin_, from.copy);
}

void pump::start()
{
    const copy_setup setup = survey();
    source_.kind = setup.source.kind;
    sink_.kind = setup.sink.kind;
    engine_.emplace(setup, begin_);
}

action pump::run(event e, stop_request stop, descriptor_pair descriptors)
{
    descriptors_ = descriptors;
    if (e.side == call_side::source && !e.begun)
        read_into_.reset();
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
        else if (leaves_to_driver(next) || hand_out(next))
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

// For a worker, which gets what is its own alone. Without a duplicate, for lack of descriptors, the call is made here.
bool pump::hand_out(const action& a)
{
    if (a.runs != place::worker)
        return false;
    descriptor_pair ends{};
    const bool from_file = a.kind == action_kind::transfer || side_of(a.kind) == call_side::source;
    const bool to_file = a.kind == action_kind::transfer || side_of(a.kind) == call_side::sink;
    if (from_file)
        ends.source = source_duplicate_.of(descriptors_.source);
    if (to_file)
        ends.sink = sink_duplicate_.of(descriptors_.sink);
    if ((from_file && ends.source == -1) || (to_file && ends.sink == -1))
        return false;
    transfer_call& call = on_worker_[index(side_of(a.kind))];
    call = prepare(a, ends);
    call.signals_matter = to_file && signals_matter();
    monitor_.system_calls(1);
    return true;
}

transfer_call pump::prepare(const action& a, const descriptor_pair& ends)
{
    transfer_call call{.what = a, .source = ends.source, .sink = ends.sink};
    if (source_.position != nullptr && a.kind != action_kind::drain_pipe)
    {
        call.has_offset = true;
        call.offset = *source_.position;
    }
    if (a.kind == action_kind::fill_pipe)
        call.sink = pipes_[a.half].write_end();
    else if (a.kind == action_kind::drain_pipe)
        call.source = pipes_[a.half].read_end();
    else if (a.kind == action_kind::read_source)
        call.to = halves_[a.half].data();
    else if (a.kind != action_kind::transfer)
        call.from = write_data(a);
    return call;
}

// An operation that waits keeps only what holds bytes, or what a call that is under way works on.
void pump::give_back(const action& before) noexcept
{
    if (before.kind == action_kind::read_source)
        read_into_ = before.half;
    const bool over = before.kind == action_kind::finish;
    const bool empty = engine_->counts().in_flight() == 0;
    const bool piped = engine_->uses_pipes();
    if (before.kind != action_kind::write_memory && (over || empty || piped))
        for (unsigned char i = 0; i != 2; ++i)
            if (read_into_ != i)
                halves_[i].give_back();
    for (pipe_lease& pipe : pipes_)
        if (empty && (over || !piped))
            pipe.give_back();
        else if (over)
            pipe.discard();
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
    case action_kind::read_pipe:
        return outcome_of(kernel_.read(pipes_[a.half].read_end(), nullptr, halves_[a.half].data(), a.length));
    case action_kind::unread_source:
        return outcome_of(unread(a));
    case action_kind::open_pipe:
        return outcome_of(pipes_[a.half].take(context_.find(context_.object)));
    case action_kind::grow_pipe:
        return outcome_of(pipes_[a.half].grow(options_.pipe_capacity));
    case action_kind::return_pipe:
        pipes_[a.half].give_back();
        return {};
    case action_kind::ask_warmth:
        return outcome_of(kernel_.warm(descriptors_.source, a.offset, a.length));
    case action_kind::ask_readiness:
        return outcome_of(kernel_.ready(descriptors_.source, descriptors_.sink));
    case action_kind::confirm_end:
        return outcome_of(kernel_.look(descriptors_.source));
    case action_kind::push_sink:
        return outcome_of(kernel_.push(descriptors_.sink));
    case action_kind::probe_call:
        return {.bytes = kernel_.probe(a.by) ? 1u : 0u};
    case action_kind::flush_sink:
        done = flush(guard);
        break;
    default:
        done = outcome_of(transfer(a, guard));
        break;
    }
    done.side = side_of(a.kind);
    return done;
}

bool pump::signals_matter()
{
    if (!signals_matter_)
    {
        monitor_.system_calls(1);
        signals_matter_ = raised_signals_matter(sink_.kind);
    }
    return *signals_matter_;
}

call_result pump::transfer(const action& a, signal_guard& guard)
{
    const transfer_call call = prepare(a, descriptors_);
    const bool from_memory = a.kind == action_kind::write_memory || a.kind == action_kind::write_buffer;
    if (a.kind == action_kind::read_source && source_.kind == end_kind::stream_socket)
        return receive(call);
    if (a.kind == action_kind::read_source || a.kind == action_kind::fill_pipe)
        return call.make(kernel_);
    // What reaches the sink can raise a signal.
    if (from_memory && sink_.kind == end_kind::stream_socket)
        if (const call_result sent = send(call); sent.error != ENOTSOCK)
            return sent;
    if (signals_matter())
        guard.arm();
    const call_result result = call.make(kernel_);
    guard.note(result, from_memory ? call.from.size() : a.length);
    return result;
}

// The bytes may still be in the pipes; they must not come out for another.
call_result pump::unread(const action& a)
{
    for (pipe_lease& pipe : pipes_)
        pipe.discard();
    return source_.position != nullptr ? call_result{} : kernel_.move_back(descriptors_.source, a.length);
}

call_result pump::receive(const transfer_call& call)
{
    const call_result received = kernel_.receive(call.source, call.to, call.what.length);
    if (received.error != ENOTSOCK)
        return received;
    source_.kind = end_kind::unknown; // a wrong hint
    return call.make(kernel_);
}

// To a socket a send says by a flag what the guard says by two system calls.
call_result pump::send(const transfer_call& call)
{
    const call_result sent = kernel_.send(call.sink, call.from.data(), call.from.size(), call.what.more);
    if (sent.error == ENOTSOCK)
        sink_.kind = end_kind::unknown; // a wrong hint
    return sent;
}

event pump::flush(signal_guard& guard)
{
    if (signals_matter())
        guard.arm();
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

// Distributed under the Boost Software License, Version 1.0.
#include "engine_pump.hpp"

#include <kernel_copy/detail/file_memory.hpp>
#include <kernel_copy/residue.hpp>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace kernel_copy::inline v0::detail {

engine_pump::engine_pump(const source_end& source, const sink_end& sink, const copy_options& options,
                         const context_ref& context, const parked_pump& done_before)
    : kernel_{current_kernel()}, context_{context}, options_{options}, source_{source}, sink_{sink},
      monitor_{options.monitor}, pipes_{pipe_lease{kernel_}, pipe_lease{kernel_}}, source_duplicate_{kernel_},
      sink_duplicate_{kernel_}, lookout_{kernel_}, begin_{source_.layers, source_.position}, held_back_before_{
                                                                                                 done_before.held_back}
{
    begin_.go_on_from(done_before.copy.taken, done_before.copy.delivered, done_before.copy.drained);
}

engine_pump::engine_pump(const source_end& source, const sink_end& sink, const copy_options& options,
                         const context_ref& context, const parked_pump& from, scratch&& buffer)
    : engine_pump{source, sink, options, context}
{
    source_.kind = from.source;
    sink_.kind = from.sink;
    signals_matter_ = from.signals_matter;
    halves_[0].swap(buffer);
    engine_.emplace(terms_of(options_), begin_, from.copy);
}

std::unique_ptr<pump> make_pump(const source_end& source, const sink_end& sink, const copy_options& options,
                                const context_ref& context, const parked_pump& from, scratch&& buffer)
{
    if (from.is_one)
        return std::unique_ptr<pump>{new engine_pump{source, sink, options, context, from, std::move(buffer)}};
    return std::unique_ptr<pump>{new engine_pump{source, sink, options, context, from}};
}

void engine_pump::start()
{
    const copy_setup setup = survey();
    source_.kind = setup.source.kind;
    sink_.kind = setup.sink.kind;
    engine_.emplace(setup, begin_);
}

action engine_pump::run(event e, stop_request stop, descriptor_pair descriptors)
{
    descriptors_ = descriptors;
    if (e.side == call_side::source && !e.begun)
        read_into_.reset();
    if (!engine_)
        start();
    if (std::exchange(worker_goes_on_, false))
        stop = std::max(stop, heard_meanwhile_.exchange(stop_request::none));
    signal_guard guard{sink_.kind == end_kind::stream_socket};
    engine_->start_turn(engine_->asks_for_warmth() ? kernel_.now() : 0);
    if (is_wrong_hint(e))
        e = perform(engine_->last(), guard);
    for (;;)
    {
        const action next = next_after(e, stop);
        if (needs_buffer(next) && !halves_[next.half].take(options_.buffer_size))
            e = {.bytes = 0, .error = errno_code(ENOMEM), .side = side_of(next.kind)};
        else if (leaves_to_driver(next) || hand_out(next))
        {
            if (next.kind == action_kind::finish)
                keep_for_later(next);
            monitor_.system_calls(guard.release());
            give_back(next);
            return next;
        }
        else
            e = perform(next, guard);
    }
}

// After an error the file may be no more; one that is closed may be another next.
void engine_pump::keep_for_later(const action& end)
{
    if (options_.residue != nullptr)
        options_.residue->keep_end(engine_->stream_has_ended());
    if (!end.error && descriptors_.source != -1 && source_.memory != nullptr && engine_->asks_for_warmth())
        source_.memory->keep_warm(engine_->warm());
}

// What a worker has asked for, and left, has not been begun.
action engine_pump::next_after(const event& e, stop_request stop)
{
    if (!std::exchange(left_over_, false))
        return ask(e, stop);
    const auto instead = engine_->instead_of_last(stop);
    return instead ? ask(*instead, stop) : engine_->last();
}

action engine_pump::ask(const event& e, stop_request stop)
{
    if (engine_->keeps_rate())
        engine_->tell_time(kernel_.now());
    monitor_.before(*engine_);
    const action next = engine_->resume(e, stop);
    monitor_.after(*engine_);
    return next;
}

event engine_pump::do_on_worker(call_side side)
{
    const transfer_call& call = on_worker_[index(side)];
    event e = call.make_on_worker(kernel_);
    if (!is_between_ends(call.what.kind)) // where calls of both sides are under way, the engine is the other thread's
        return e;
    for (std::uint64_t spent = e.nanoseconds;
         disk_step::is_short(spent) && heard_meanwhile_.load(std::memory_order_relaxed) == stop_request::none;
         spent += e.nanoseconds)
    {
        const action next = ask(e, stop_request::none);
        if (!is_between_ends(next.kind) || !hand_out(next)) // it has duplicates of both already
        {
            left_over_ = true;
            return {.side = side};
        }
        e = call.make_on_worker(kernel_);
    }
    return e;
}

void engine_pump::hear(stop_request stop) noexcept
{
    if (worker_goes_on_)
        heard_meanwhile_ = std::max(heard_meanwhile_.load(), stop);
    else
        engine_->hear(stop);
}

// A small copy was told that its sink is no socket. The same call, made by a pump, finds another way.
bool engine_pump::is_wrong_hint(const event& e) const noexcept
{
    return errno_of(e.error) == ENOTSOCK && e.side == call_side::sink && sink_.kind == end_kind::stream_socket &&
           engine_->last().kind == action_kind::write_buffer;
}

bool engine_pump::needs_buffer(const action& a) const
{
    if (a.kind == action_kind::write_memory)
        return engine_->counts().front()->memory.needs_scratch;
    return a.kind == action_kind::read_source || a.kind == action_kind::read_pipe;
}

bool engine_pump::leaves_to_driver(const action& a) const noexcept
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
bool engine_pump::hand_out(const action& a)
{
    if (a.runs != place::worker)
        return false;
    descriptor_pair ends{};
    const bool from_file = is_between_ends(a.kind) || side_of(a.kind) == call_side::source;
    const bool to_file = is_between_ends(a.kind) || side_of(a.kind) == call_side::sink;
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
    if (is_between_ends(a.kind) && !worker_goes_on_)
    {
        moved_before_ = counts().delivered();
        worker_goes_on_ = true;
    }
    return true;
}

transfer_call engine_pump::prepare(const action& a, const descriptor_pair& ends)
{
    transfer_call call{.what = a, .source = ends.source, .sink = ends.sink, .lookout = &lookout_};
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
    else if (is_from_memory(a.kind))
        call.from = write_data(a);
    return call;
}

// An operation that waits keeps only what holds bytes, or what a call that is under way works on.
void engine_pump::give_back(const action& before) noexcept
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

bool engine_pump::source_is_ready(int descriptor)
{
    if (source_.kind == end_kind::stream || descriptor == -1)
        return false;
    monitor_.system_calls(1);
    return (kernel_.ready(descriptor, -1).bytes & source_ready) != 0;
}

std::span<std::byte> engine_pump::read_space(const action& a) const noexcept
{
    return {halves_[a.half].data(), static_cast<std::size_t>(a.length)};
}

std::span<const std::byte> engine_pump::write_data(const action& a)
{
    const auto length = static_cast<std::size_t>(a.length);
    std::byte* const buffer = halves_[a.half].data();
    if (a.kind == action_kind::write_buffer)
        return {buffer + a.offset, length};
    const memory_ref& memory = engine_->counts().front()->memory;
    const std::span<const std::byte> shown = memory.peek(memory.object, {buffer, options_.buffer_size});
    return shown.first(std::min(shown.size(), length));
}

} // namespace kernel_copy::inline v0::detail

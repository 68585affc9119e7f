// Distributed under the Boost Software License, Version 1.0.
#include "engine_pump.hpp"

#include <kernel_copy/detail/file_calls.hpp>
#include <kernel_copy/residue.hpp>

#include <boost/core/no_exceptions_support.hpp>

#include <algorithm>
#include <cerrno>
#include <new>

namespace kernel_copy::inline v0::detail {

// What a pump does at once, in the thread that runs it.

event engine_pump::perform(const action& a, signal_guard& guard)
{
    monitor_.system_calls(1);
    event done{};
    switch (a.kind)
    {
    case action_kind::read_pipe:
        return outcome_of(kernel_.read(pipes_[a.half].read_end(), nullptr, halves_[a.half].data(), a.length));
    case action_kind::unread_source:
        return outcome_of(unread(a));
    case action_kind::save_buffer:
    case action_kind::save_pipe:
        return outcome_of(save(a));
    case action_kind::open_pipe:
        return outcome_of(pipes_[a.half].take(context_.find(context_.object)));
    case action_kind::grow_pipe:
        return outcome_of(pipes_[a.half].grow(options_.pipe_capacity));
    case action_kind::return_pipe:
        pipes_[a.half].give_back();
        return {};
    case action_kind::ask_warmth:
        return outcome_of(kernel_.warm(descriptors_.source, a.offset, a.length));
    case action_kind::find_data:
        return find_data(kernel_, prepare(a, descriptors_));
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

bool engine_pump::signals_matter()
{
    if (!signals_matter_)
    {
        monitor_.system_calls(1);
        signals_matter_ = raised_signals_matter(sink_.kind);
    }
    return *signals_matter_;
}

call_result engine_pump::transfer(const action& a, signal_guard& guard)
{
    const transfer_call call = prepare(a, descriptors_);
    if (a.kind == action_kind::read_source && source_.kind == end_kind::stream_socket)
        return receive(call);
    if (a.kind == action_kind::read_source || a.kind == action_kind::fill_pipe)
        return call.make(kernel_);
    // What reaches the sink can raise a signal.
    if (is_from_memory(a.kind) && sink_.kind == end_kind::stream_socket)
        if (const call_result sent = send(call); sent.error != ENOTSOCK)
            return sent;
    if (signals_matter())
        guard.arm();
    const call_result result = call.make(kernel_);
    guard.note(result, is_from_memory(a.kind) ? call.from.size() : a.length + a.hole);
    return result;
}

// The bytes may still be in the pipes; they must not come out for another.
call_result engine_pump::unread(const action& a)
{
    const call_result result =
        source_.position != nullptr ? call_result{} : kernel_.move_back(descriptors_.source, a.length);
    if (result.error == 0)
        for (pipe_lease& pipe : pipes_)
            pipe.discard();
    return result;
}

call_result engine_pump::save(const action& a)
{
    residue& rest = *options_.residue;
    const auto length = static_cast<std::size_t>(a.length);
    std::span<std::byte> to;
    BOOST_TRY
    {
        to = rest.extend(length);
    }
    BOOST_CATCH(const std::bad_alloc&)
    {
        return {.bytes = 0, .error = ENOMEM};
    }
    BOOST_CATCH_END
    call_result saved{.bytes = length};
    if (a.kind == action_kind::save_pipe)
        saved = kernel_.read(pipes_[a.half].read_end(), nullptr, to.data(), length);
    else
        std::copy_n(halves_[a.half].data() + a.offset, length, to.data());
    rest.shrink(length - static_cast<std::size_t>(saved.bytes));
    return saved;
}

call_result engine_pump::receive(const transfer_call& call)
{
    const call_result received = kernel_.receive(call.source, call.to, call.what.length);
    if (received.error != ENOTSOCK)
        return received;
    source_.kind = end_kind::unknown; // a wrong hint
    return call.make(kernel_);
}

// To a socket a send says by a flag what the guard says by two system calls.
call_result engine_pump::send(const transfer_call& call)
{
    const call_result sent = kernel_.send(call.sink, call.from.data(), call.from.size(), call.what.more);
    if (sent.error == ENOTSOCK)
        sink_.kind = end_kind::unknown; // a wrong hint
    return sent;
}

event engine_pump::flush(signal_guard& guard)
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

} // namespace kernel_copy::inline v0::detail

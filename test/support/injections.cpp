// Distributed under the Boost Software License, Version 1.0.
#include <support/injections.hpp>

namespace kernel_copy::test {

namespace {

using detail::is_file;

bool may_block(const copy_setup& setup, const action& a)
{
    switch (a.kind)
    {
    case action_kind::transfer:
        return a.by != method::copy_file_range && !(is_file(setup.source.kind) && is_file(setup.sink.kind));
    case action_kind::read_source:
        return !is_file(setup.source.kind) || a.runs == detail::place::here_if_ready;
    case action_kind::drain_pipe:
    case action_kind::write_buffer:
    case action_kind::write_memory:
    case action_kind::flush_sink:
        return !is_file(setup.sink.kind);
    default:
        return true;
    }
}

} // namespace

bool fail(copy_run& run, call_side side, int error)
{
    const action& a = *run.answerable(side);
    const bool silent = a.kind == action_kind::yield || a.kind == action_kind::pace ||
                        a.kind == action_kind::return_pipe || a.kind == action_kind::probe_call;
    if (silent || (error == EAGAIN && !may_block(run.setup(), a)))
        return false;
    run.step({.how = {.bytes = 0, .error = errno_code(error), .side = side}});
    return true;
}

bool give_nothing(copy_run& run, call_side side, bool truly)
{
    const action& a = *run.answerable(side);
    switch (a.kind)
    {
    case action_kind::transfer:
    case action_kind::fill_pipe:
    case action_kind::read_source:
    case action_kind::confirm_end:
        if (!truly && !run.may_say_nothing(a))
            return false;
        if (truly && a.runs != detail::place::here_if_ready) // which may say so anyway
            run.end_source_here();
        [[fallthrough]];
    case action_kind::drain_pipe:
    case action_kind::read_pipe:
    case action_kind::write_buffer:
    case action_kind::write_memory:
    case action_kind::probe_call:
    case action_kind::save_pipe:
    case action_kind::ask_warmth:
    case action_kind::clone_range:
    case action_kind::find_data:
    case action_kind::skip_hole:
        run.step({.how = {.side = side}});
        return true;
    default:
        return false;
    }
}

void see_stop(copy_run& run, call_side side, event how, stop_request stop)
{
    if (run.can_be_interrupted(*run.answerable(side)))
        how = {.error = errno_code(ECANCELED)};
    how.side = side;
    run.step({.how = how, .stop = stop});
}

} // namespace kernel_copy::test

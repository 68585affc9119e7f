// Distributed under the Boost Software License, Version 1.0.
#include <support/engine_run.hpp>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace kernel_copy::test {

// What may wait for a disk, and what the sink was told about what follows.

namespace {

using detail::is_file;

bool takes_from_source(const action& a)
{
    return takes(a) && a.kind != action_kind::write_memory;
}

} // namespace

std::uint64_t copy_run::source_position() const
{
    return scenario_.setup.source.position + world_.taken_from_source();
}

std::uint64_t copy_run::known_rest() const
{
    const detail::end_facts& source = scenario_.setup.source;
    const bool has = source.kind == end_kind::regular_file && source.size > source_position();
    return has ? source.size - source_position() : 0;
}

bool copy_run::at_known_end() const
{
    const detail::end_facts& source = scenario_.setup.source;
    const bool held_more = source.kind == end_kind::regular_file && source.size > source.position;
    return held_more && source_position() == source.size;
}

bool copy_run::may_say_nothing(const action& a) const
{
    const bool moves = a.kind == action_kind::fill_pipe || a.kind == action_kind::transfer;
    return moves && known_rest() != 0 && scenario_.setup.methods.contains(method::buffer);
}

void copy_run::note_disk(const action& a, const event& e)
{
    if (a.kind == action_kind::ask_warmth)
    {
        warm_from_ = a.offset;
        warm_to_ = a.offset + e.bytes;
        warm_asked_ = turn_began_;
    }
    const bool steps = takes_from_source(a) && a.runs == detail::place::worker && !is_tried_only(a);
    const bool had_worker = !step_.is_made_here();
    if (steps && (a.kind != action_kind::transfer || e.bytes != 0))
        step_.took(e.bytes - std::min(a.hole, e.bytes), a.length, e.nanoseconds);
    lost_worker_this_turn_ = lost_worker_this_turn_ || (had_worker && step_.is_made_here());
}

// Another machine is to go on, where calls overlap: nothing more is taken, and what the sink refuses is given back.
void copy_run::note_leaving(const action& a, const event& e)
{
    if (!engine_->overlaps() || a.kind == action_kind::unread_source)
    {
        leaves_ = refuses_ = false;
        no_second_pipe_ = no_second_pipe_ && engine_->overlaps();
        return;
    }
    const int error = detail::errno_of(e.error);
    const bool refused = is_fallback(a, error) || error == EAGAIN;
    switch (a.kind)
    {
    case action_kind::ask_warmth:
        leaves_ = leaves_ || e.bytes != 0;
        break;
    case action_kind::open_pipe:
        no_second_pipe_ = no_second_pipe_ || (error != 0 && world_.pipe_is_held());
        leaves_ = leaves_ || (error != 0 && !world_.pipe_is_held());
        break;
    case action_kind::return_pipe:
        no_second_pipe_ = leaves_ = false;
        break;
    case action_kind::fill_pipe:
        leaves_ = leaves_ || refused || (e.bytes == 0 && known_rest() != 0); // only a read is believed
        break;
    case action_kind::drain_pipe:
        refuses_ = refuses_ || (e.bytes == 0 && (error == 0 || (refused && error != EAGAIN)));
        leaves_ = leaves_ || refuses_;
        break;
    default:
        break;
    }
}

// A worker has what may wait for a disk, and touches nothing but files.
void copy_run::check_disk()
{
    const copy_setup& setup = scenario_.setup;
    if (takes(next_) && world_.in_flight() == 0)
        leaves_ = refuses_ = false;                         // another has gone on
    if (takes(next_) && std::exchange(reads_again_, false)) // and finds again what was found behind those bytes
    {
        fatal_.reset();
        saw_the_end_ = false;
    }
    if (next_.kind == action_kind::ask_warmth)
        return check_question();
    const bool straight = detail::is_from_end_to_end(next_.kind);
    const bool asks = next_.kind == action_kind::find_data;
    const bool from_file = (takes_from_source(next_) || asks) && is_file(setup.source.kind);
    const bool to_file = (delivers(next_) || straight) && is_file(setup.sink.kind);
    check_place(from_file, to_file);
    if (setup.disk == kernel_copy::disk::inline_)
        return;
    require(!to_file || next_.runs == detail::place::worker, "waits for a file that it writes to");
    require(!asks || next_.runs == detail::place::worker, "searches a file for holes where it may have to wait");
    if (from_file && next_.runs == detail::place::here)
        check_source_file();
}

void copy_run::check_place(bool from_file, bool to_file) const
{
    if (next_.runs == detail::place::here)
        return;
    require(scenario_.setup.disk != kernel_copy::disk::inline_, "leaves to others what is to be done here");
    const bool both = detail::is_from_end_to_end(next_.kind);
    const end_kind source = scenario_.setup.source.kind;
    const bool from_pipe = source == end_kind::pipe || source == end_kind::unknown;
    require(both ? (from_file || from_pipe) && to_file : from_file || to_file, "a worker is to touch what is no file");
    require(next_.runs == detail::place::worker ||
                (next_.kind == action_kind::read_source && scenario_.setup.disk == kernel_copy::disk::when_cold),
            "only reads can say that they would wait");
}

void copy_run::check_source_file() const
{
    const copy_setup& setup = scenario_.setup;
    if (!setup.methods.contains(method::buffer)) // nothing that is allowed can be left to a worker
        return;
    require(setup.disk == kernel_copy::disk::when_cold, "does here what a worker is to do");
    const std::uint64_t at = source_position();
    const bool is_new = turn_began_ - warm_asked_ <= detail::warm_stretch::believed_for;
    const bool is_warm = is_new && at >= warm_from_ && warm_to_ >= at && next_.length <= warm_to_ - at;
    require(at_known_end() || (next_.kind == action_kind::transfer && is_warm), "takes what may have to be waited for");
}

void copy_run::check_question() const
{
    const copy_setup& setup = scenario_.setup;
    require(setup.disk == kernel_copy::disk::when_cold && setup.source.kind == end_kind::regular_file,
            "asks about what is no file, or for nothing");
    require(next_.offset == source_position(), "asks about another place");
    require(next_.length != 0 && next_.length <= std::min(allowed(), detail::warm_stretch::most_asked),
            "asks about too much");
    require(known_rest() != 0 ? next_.length <= known_rest() : !at_known_end(), "asks about what is not known to be");
    require(!takes_no_more_ && !saw_the_end_ && !after_bytes_ && allowed() != 0, "asks when no more is to be taken");
}

// By MSG_MORE; a sendfile that gives less than it was asked for has said the same, and a splice that leaves bytes in
// the pipe.
void copy_run::note_held_back(const action& a, const event& e)
{
    if (a.kind == action_kind::push_sink)
        holds_back_ = false;
    if (!delivers(a) || e.bytes == 0)
        return;
    const bool is_short = e.bytes < a.length;
    holds_back_ = a.kind == action_kind::write_memory ? a.more
                  : a.kind == action_kind::transfer   ? a.by == method::sendfile && is_short
                  : a.kind == action_kind::drain_pipe ? is_short
                                                      : false;
}

void copy_run::check_push()
{
    const bool holds = holds_back_ && scenario_.setup.sink.kind == end_kind::stream_socket && !engine_->sink_failed();
    if (next_.kind == action_kind::push_sink)
        require(holds && !any_under_way(), "pushes what is not held back");
    require(!finished() || !holds, "ends with a sink that holds back what it has");
}

} // namespace kernel_copy::test

// Distributed under the Boost Software License, Version 1.0.
#include <support/engine_run.hpp>

#include <algorithm>
#include <utility>

namespace kernel_copy::test {

namespace {

constexpr std::uint64_t gibibyte = std::uint64_t{1} << 30;

} // namespace

void copy_run::check_counts() const
{
    const detail::progress& counts = engine_->counts();
    require(counts.delivered() <= counts.taken(), "delivered more than was taken");
    require(counts.taken() == world_.taken(),
            "taken is wrong: " + std::to_string(counts.taken()) + ", not " + std::to_string(world_.taken()));
    require(counts.delivered() == world_.arrived().size(), "delivered is wrong");
    require(counts.in_flight() == world_.in_flight(), "in flight is wrong");
    if (scenario_.position)
        require(stack_.position() == world_.cursor(), "the position of the range is wrong");
}

void copy_run::check_limits() const
{
    std::uint64_t from_inside = world_.taken_from_source();
    for (std::size_t i = stack_.size(); i-- != 0;)
    {
        from_inside += stack_.consumed(i);
        if (const auto limit = stack_.spec(i).limit)
            require(*limit >= from_inside && stack_.limit_left(i) == *limit - from_inside, "a limit is wrong");
    }
}

// What the limits leave.
std::uint64_t copy_run::allowed() const
{
    std::uint64_t least = no_limit;
    for (std::size_t i = 0; i != stack_.size(); ++i)
        if (stack_.spec(i).limit)
            least = std::min(least, stack_.limit_left(i));
    return least;
}

void copy_run::check_length(std::uint64_t most) const
{
    const bool by_worker = next_.runs == detail::place::worker;
    require(next_.length != 0, "a call that is asked for nothing");
    require(next_.length <= std::min(most, allowed()), "a length beyond what may be asked for");
    require(!by_worker || next_.length <= step_.length(), "more than a worker is to do at once");
    if (!by_worker || step_.is_made_here())
        require(moved_this_turn_ + next_.length <= scenario_.setup.turn_budget, "more in a turn than its budget");
}

// With bytes in flight only the sink is waited for, unless calls overlap; files and streams are never waited for.
void copy_run::check_wait(end_kind waited_for) const
{
    const bool in_flight = world_.in_flight() != 0;
    const bool for_source = next_.kind == action_kind::wait_source;
    require(!for_source || engine_->overlaps() || !in_flight, "waits for the source with bytes in flight");
    require(waited_for != end_kind::stream, "waits for a stream that has no descriptor");
    require(waited_for != end_kind::regular_file && waited_for != end_kind::block_device, "waits for a file");
    require(!takes_no_more_ || (in_flight && !for_source), "waits after a stop for more than what is in flight");
    require(!ends_when_dry_ || !for_source, "waits for a source that is dry after it was told to end then");
}

void copy_run::check_pause() const
{
    const bool holds_nothing = next_.kind == action_kind::wait_source || next_.kind == action_kind::pace;
    require(!holds_nothing || !world_.pipe_is_held(), "an idle direction holds a pipe");
    switch (next_.kind)
    {
    case action_kind::wait_source:
        return check_wait(scenario_.setup.source.kind);
    case action_kind::wait_sink:
        return check_wait(scenario_.setup.sink.kind);
    case action_kind::pace:
        require(meter_.limits() && next_.length != 0 && next_.length <= meter_.longest_pause(), "a wrong pause");
        require(!ends_when_dry_, "pauses after it was told to end when nothing is to be had");
        [[fallthrough]];
    default:
        require(world_.in_flight() == 0, "pauses with bytes in flight");
        require(!takes_no_more_, "pauses after a stop");
        break;
    }
}

void copy_run::check_taking() const
{
    const copy_setup& setup = scenario_.setup;
    const bool overlaps = engine_->overlaps();
    require(overlaps || world_.in_flight() == 0, "takes more with bytes in flight");
    require(!overlaps || world_.in_half(next_.half) + world_.in_pipe(next_.half) == 0,
            "takes more into what holds bytes");
    require(!leaves_ || world_.in_flight() == 0, "takes more, although another is to go on");
    require(!takes_no_more_, "takes more after a stop");
    require(!saw_the_end_, "takes more after the end");
    require(!after_bytes_, "takes more after an error");
    switch (next_.kind)
    {
    case action_kind::transfer:
        return check_transfer();
    case action_kind::clone_range:
        return check_clone();
    case action_kind::skip_hole:
        return require(next_.length != 0 && next_.length <= allowed(), "skips a wrong length");
    case action_kind::fill_pipe:
        check_length(gibibyte);
        require(world_.pipe_is_held(next_.half), "fills a pipe that there is not");
        break;
    case action_kind::read_source:
        check_length(std::min(gibibyte, setup.buffer_size));
        require(!ends_when_dry_ || setup.source.kind != end_kind::stream,
                "takes more from a stream after it was told to end when nothing is ready");
        break;
    default:
        return check_memory();
    }
}

void copy_run::check_transfer() const
{
    check_length(gibibyte);
    if (next_.by != method::copy_file_range && known_rest() != 0)
        require(next_.length <= known_rest(), "asks for more than the file holds");
    require(next_.hole <= allowed() - next_.length, "skips more than is allowed");
}

void copy_run::check_clone() const
{
    require(next_.length != 0 && next_.length <= std::min({gibibyte, allowed(), known_rest()}),
            "shares a wrong length");
    require(next_.length == known_rest() || next_.length % (64 * 1024) == 0, "shares a part of a block");
    require(scenario_.setup.methods.contains(method::copy_file_range) && !meter_.limits(),
            "shares what is to be copied");
}

void copy_run::check_memory() const
{
    const detail::source_layer* const front = engine_->counts().front();
    require(front != nullptr && next_.length <= front->held(), "writes more than is in memory");
    const std::size_t index = stack_.index_of(*front);
    for (std::size_t i = 0; i != index; ++i)
        require(!stack_.spec(i).limit || next_.length <= stack_.limit_left(i), "drains beyond a limit");
    require(next_.length != 0, "writes nothing");
    require(moved_this_turn_ + next_.length <= scenario_.setup.turn_budget, "more in a turn than its budget");
    // A limit outside of the prefix is shared with it, one inside is not.
    std::uint64_t rest = no_limit;
    for (std::size_t i = 0; i != stack_.size(); ++i)
        if (stack_.spec(i).limit)
            rest = std::min(rest, stack_.limit_left(i) - (i < index ? next_.length : 0));
    require(!next_.more || (scenario_.setup.sink.kind == end_kind::stream_socket && rest != 0 &&
                            scenario_.setup.source.size > scenario_.setup.source.position),
            "says that more follows what is the last");
}

// All that is held; but where two halves may be, no more than others are to wait for.
void copy_run::check_delivery(std::uint64_t held) const
{
    const end_kind sink = scenario_.setup.sink.kind;
    const bool can_wait = sink == end_kind::stream_socket || sink == end_kind::pipe;
    const bool in_turns = engine_->overlaps() && can_wait;
    const std::uint64_t left = scenario_.setup.turn_budget - std::min(scenario_.setup.turn_budget, moved_this_turn_);
    require(next_.length != 0 && next_.length == (in_turns ? std::min(held, left) : held),
            "delivers something else than is held");
    const bool here = next_.runs != detail::place::worker && sink != end_kind::stream;
    // That there is no worker shows when a step that was to give the thread away has been made by that thread; what it
    // took has to go.
    require(!engine_->overlaps() || !here || lost_worker_this_turn_ ||
                moved_this_turn_ + next_.length <= scenario_.setup.turn_budget,
            "delivers more in a turn than its budget");
}

void copy_run::check_action() const
{
    require(next_.kind == action_kind::finish || next_.kind == action_kind::flush_sink || is_wait(next_.kind) ||
                flushed_,
            "goes on before the sink is flushed");
    if (takes(next_))
        return check_taking();
    if (is_pause(next_.kind))
        return check_pause();
    switch (next_.kind)
    {
    case action_kind::drain_pipe:
        check_delivery(world_.in_pipe(next_.half));
        break;
    case action_kind::read_pipe:
        require(next_.length <= std::min(world_.in_pipe(next_.half), scenario_.setup.buffer_size) && next_.length != 0,
                "reads something else than the pipe holds");
        require(world_.in_buffer() == 0, "reads the pipe with bytes in memory");
        break;
    case action_kind::write_buffer:
        check_delivery(world_.in_half(next_.half));
        break;
    case action_kind::save_buffer:
    case action_kind::save_pipe:
        require(scenario_.setup.keeps_residue && !any_under_way() && !save_failed_, "saves at a wrong time");
        break;
    case action_kind::open_pipe:
    case action_kind::grow_pipe:
    case action_kind::return_pipe:
        require(world_.pipe_is_held(next_.half) == (next_.kind != action_kind::open_pipe) &&
                    world_.in_pipe(next_.half) == 0 && (engine_->overlaps() || world_.in_flight() == 0),
                "opens, grows or returns a pipe at a wrong time");
        break;
    case action_kind::done_taking:
    case action_kind::source_ended:
    case action_kind::hand_over:
    case action_kind::suspect_call:
    case action_kind::change_method:
    case action_kind::go_cold:
    case action_kind::go_warm:
        throw violation{"an action that is the engine's own affair"};
    default:
        break;
    }
}

// Where calls overlap: nothing is begun twice, nor after all is to end, and the end comes when none is under way.
void copy_run::check_what_is_under_way()
{
    const action_kind kind = next_.kind;
    winds_up_ = winds_up_ || (engine_->overlaps() && (ends_now_ || delivery_failed_));
    if (kind == action_kind::await)
    {
        require(any_under_way(), "awaits what is not under way");
        return check_idle_sides();
    }
    if (kind == action_kind::cancel_calls)
    {
        require(winds_up_ && any_under_way(), "ends calls that may go on");
        require(!std::exchange(calls_cancelled_, true), "ends calls twice");
        return;
    }
    require(!winds_up_ || winds_up(next_), "goes on when all is to end");
    const bool is_question =
        kind == action_kind::ask_warmth || kind == action_kind::open_pipe || kind == action_kind::grow_pipe;
    if (is_question || kind == action_kind::read_source || kind == action_kind::fill_pipe ||
        kind == action_kind::write_buffer || kind == action_kind::drain_pipe || is_wait(kind))
        require(!under_way(detail::side_of(kind)), "begins two calls of one side");
    else if (any_under_way())
        throw violation{"goes on as if nothing were under way: " + describe(next_)};
}

// Neither end waits for the other.
void copy_run::check_idle_sides() const
{
    require(calls_cancelled_ == winds_up_, "does not end the calls under way");
    if (winds_up_)
        return;
    require(under_way(call_side::sink) || world_.in_flight() == 0 || refuses_, "lets the sink wait");
    const auto is_empty = [this](unsigned char half) { return world_.in_half(half) + world_.in_pipe(half) == 0; };
    const bool is_full = world_.in_flight() >= scenario_.setup.turn_budget; // and may all go in the next turn
    const bool has_room = no_second_pipe_ ? world_.in_flight() == 0 : !is_full && (is_empty(0) || is_empty(1));
    const bool is_over =
        leaves_ || takes_no_more_ || ends_when_dry_ || saw_the_end_ || fatal_ || after_bytes_ || allowed() == 0;
    require(under_way(call_side::source) || is_over || !has_room || meter_.limits(), "lets the source wait");
}

void copy_run::check_stop(stop_request stop) const
{
    const bool must_end = stop == stop_request::terminal || (stop == stop_request::total && world_.taken() == 0);
    require(!must_end || winds_up(next_) || winds_up_, "does not end when it was told to");
}

} // namespace kernel_copy::test

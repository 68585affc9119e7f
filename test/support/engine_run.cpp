// Distributed under the Boost Software License, Version 1.0.
#include <support/engine_run.hpp>

#include <algorithm>
#include <cerrno>

namespace kernel_copy::test {

namespace {

const error_code aborted = errno_code(ECANCELED);
constexpr std::uint64_t gibibyte = std::uint64_t{1} << 30;

bool is_wait(action_kind kind)
{
    return kind == action_kind::wait_source || kind == action_kind::wait_sink;
}

bool takes(const action& a)
{
    return a.kind == action_kind::transfer || a.kind == action_kind::fill_pipe || a.kind == action_kind::read_source ||
           a.kind == action_kind::write_memory;
}

bool delivers(const action& a)
{
    return a.kind == action_kind::transfer || a.kind == action_kind::drain_pipe ||
           a.kind == action_kind::write_buffer || a.kind == action_kind::write_memory;
}

} // namespace

copy_run::copy_run(const scenario& of, std::uint64_t source_holds, temper how, stop_request at_the_start)
    : scenario_{of}, stack_{of}, world_{of, source_holds, how}, engine_{of.setup, stack_.begin_counts()},
      flushed_{!of.setup.sink_buffers}
{
    resume({.how = {}, .stop = at_the_start});
}

void copy_run::step(const reply& r)
{
    require(!finished(), "asked on after the end");
    const detail::source_layer* const front =
        next_.kind == action_kind::write_memory ? engine_.counts().front() : nullptr;
    const std::size_t index = front != nullptr ? stack_.index_of(*front) : stack_.size();
    world_.happen(next_, r.how, index, front != nullptr ? stack_.consumed(index) : 0);
    if (delivers(next_))
        moved_this_turn_ += r.how.bytes;
    classify(next_, r);
    resume(r);
}

void copy_run::run_on()
{
    // Every call moves something or comes before one that does; a spin goes beyond any of this.
    const std::uint64_t enough = steps_ + 100'000;
    while (!finished())
    {
        require(steps_ != enough, "goes on without end");
        step({.how = honest()});
    }
}

void copy_run::resume(const reply& r)
{
    if (is_wait(next_.kind) || next_.kind == action_kind::yield)
    {
        engine_.start_turn();
        moved_this_turn_ = 0;
    }
    const bool ends = r.stop == stop_request::terminal || (r.stop == stop_request::total && world_.taken() == 0);
    ends_now_ = ends_now_ || ends;
    takes_no_more_ = takes_no_more_ || r.stop == stop_request::partial;
    next_ = engine_.resume(r.how, r.stop);
    if (next_.kind == action_kind::confirm_end) // the scripts' sockets end where a splice says so
        next_ = engine_.resume({}, r.stop);
    ++steps_;
    if (finished() && scenario_.position)
        world_.give_back_silently();
    check_counts();
    check_limits();
    check_stop(r.stop);
    check_action();
    if (finished())
        check_outcome();
}

bool copy_run::uses_stream(const action& a) const
{
    const bool reads = a.kind == action_kind::read_source;
    const bool writes = a.kind == action_kind::write_memory || a.kind == action_kind::write_buffer;
    return (reads && scenario_.setup.source.kind == end_kind::stream) ||
           (writes && scenario_.setup.sink.kind == end_kind::stream);
}

// The errnos of behaviours S36, S37, S42, S43 and B7: what a failed call says about the call, not the copy.
bool copy_run::is_fallback(const action& a, int error) const
{
    static const std::set<int> ranges{ENOSYS, EXDEV,  EINVAL, EPERM,   EOPNOTSUPP,
                                      EBADF,  EACCES, ENOENT, ETXTBSY, EOVERFLOW};
    static const std::set<int> splices{ENOSYS, EPERM, EINVAL};
    switch (a.kind)
    {
    case action_kind::open_pipe:
    case action_kind::grow_pipe:
        return true;
    case action_kind::fill_pipe:
    case action_kind::drain_pipe:
        return splices.contains(error);
    case action_kind::transfer:
        if (a.by == method::copy_file_range)
            return ranges.contains(error);
        return splices.contains(error) || (a.by == method::sendfile && error == EOVERFLOW);
    default:
        return false;
    }
}

// May EAGAIN after this action mean that an end is not ready?
bool copy_run::is_block(const action& a) const
{
    switch (a.kind)
    {
    case action_kind::transfer:
        return a.by != method::copy_file_range;
    case action_kind::fill_pipe:
    case action_kind::drain_pipe:
        return true;
    case action_kind::read_source:
        return scenario_.setup.source.kind != end_kind::stream;
    case action_kind::flush_sink:
    case action_kind::write_memory:
    case action_kind::write_buffer:
        return scenario_.setup.sink.kind != end_kind::stream;
    default:
        return false;
    }
}

void copy_run::classify(const action& a, const reply& r)
{
    const int error = detail::errno_of(r.how.error);
    const bool ranged = a.kind == action_kind::transfer && a.by == method::copy_file_range;
    if (a.kind == action_kind::flush_sink && error == 0)
        flushed_ = true;
    if (a.kind == action_kind::unread_source)
        gave_back_failed_ = error != 0;
    else if (error != 0)
    {
        if (is_fallback(a, error))
            reasons_.insert(error);
        else if (a.kind == action_kind::read_source && r.how.bytes != 0)
        {
            if (r.stop == stop_request::none)
                after_bytes_ = r.how.error;
        }
        else if (!(error == EAGAIN && is_block(a)) && !(error == ECANCELED && r.stop != stop_request::none) && !fatal_)
            fatal_ = r.how.error;
    }
    else if (r.how.bytes == 0)
    {
        if (a.kind == action_kind::write_memory || a.kind == action_kind::write_buffer)
            fatal_ = fatal_.value_or(errc::sink_took_nothing);
        else if (a.kind == action_kind::read_pipe)
            fatal_ = fatal_.value_or(errc::returned_nothing);
        else if (takes(a) && (!ranged || ranged_any_ || !scenario_.setup.methods.contains(method::buffer)))
        {
            saw_the_end_ = true;
            world_.end_source_here();
        }
    }
    ranged_any_ = ranged_any_ || (ranged && r.how.bytes != 0);
}

void copy_run::check_counts() const
{
    const detail::progress& counts = engine_.counts();
    require(counts.delivered() <= counts.taken(), "delivered more than was taken");
    require(counts.taken() == world_.taken(), "taken is wrong");
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
        const auto limit = stack_.spec(i).limit;
        if (limit && *limit != no_limit)
            require(*limit >= from_inside && stack_.limit_left(i) == *limit - from_inside, "a limit is wrong");
        if (limit == no_limit)
            require(stack_.limit_left(i) == no_limit, "no limit has become one");
    }
}

void copy_run::check_length(std::uint64_t most) const
{
    for (std::size_t i = 0; i != stack_.size(); ++i)
        if (stack_.spec(i).limit)
            most = std::min(most, stack_.limit_left(i));
    const std::uint64_t budget = scenario_.setup.turn_budget;
    require(next_.length != 0, "a call that is asked for nothing");
    require(next_.length <= most, "a length beyond what may be asked for");
    require(moved_this_turn_ + next_.length <= budget, "more in a turn than its budget");
}

// With bytes in flight only the sink is waited for; files and streams are never waited for.
void copy_run::check_wait(end_kind waited_for) const
{
    require(next_.kind == action_kind::wait_sink || world_.in_flight() == 0,
            "waits for the source with bytes in flight");
    require(waited_for != end_kind::stream, "waits for a stream that has no descriptor");
    require(waited_for != end_kind::regular_file && waited_for != end_kind::block_device, "waits for a file");
    require(!takes_no_more_ || world_.in_flight() != 0, "waits after a stop with nothing in flight");
}

void copy_run::check_action() const
{
    const copy_setup& setup = scenario_.setup;
    const std::uint64_t read = setup.source.position + world_.taken_from_source();
    require(!takes(next_) || world_.in_flight() == 0, "takes more with bytes in flight");
    require(!takes(next_) || !takes_no_more_, "takes more after a stop");
    require(next_.kind == action_kind::finish || next_.kind == action_kind::flush_sink || is_wait(next_.kind) ||
                flushed_,
            "goes on before the sink is flushed");
    switch (next_.kind)
    {
    case action_kind::transfer:
        check_length(gibibyte);
        if (next_.by != method::copy_file_range && setup.source.size > read)
            require(next_.length <= setup.source.size - read, "asks for more than the file holds");
        break;
    case action_kind::fill_pipe:
        check_length(gibibyte);
        break;
    case action_kind::read_source:
        check_length(std::min(gibibyte, setup.buffer_size));
        break;
    case action_kind::write_memory:
    {
        const detail::source_layer* const front = engine_.counts().front();
        require(front != nullptr && next_.length <= front->held(), "writes more than is in memory");
        const std::size_t index = stack_.index_of(*front);
        for (std::size_t i = 0; i != index; ++i)
            require(!stack_.spec(i).limit || next_.length <= stack_.limit_left(i), "drains beyond a limit");
        require(moved_this_turn_ + next_.length <= setup.turn_budget, "more in a turn than its budget");
        break;
    }
    case action_kind::drain_pipe:
        require(next_.length == world_.in_pipe() && next_.length != 0, "drains something else than the pipe holds");
        break;
    case action_kind::read_pipe:
        require(next_.length <= std::min(world_.in_pipe(), setup.buffer_size) && next_.length != 0,
                "reads something else than the pipe holds");
        break;
    case action_kind::wait_source:
        check_wait(setup.source.kind);
        break;
    case action_kind::wait_sink:
        check_wait(setup.sink.kind);
        break;
    case action_kind::done_taking:
    case action_kind::source_ended:
    case action_kind::hand_over:
    case action_kind::suspect_call:
        throw violation{"an action that is the engine's own affair"};
    default:
        break;
    }
}

void copy_run::check_stop(stop_request stop) const
{
    const bool must_end = stop == stop_request::terminal || (stop == stop_request::total && world_.taken() == 0);
    require(!must_end || finished() || next_.kind == action_kind::unread_source, "does not end when it was told to");
}

} // namespace kernel_copy::test

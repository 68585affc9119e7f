// Distributed under the Boost Software License, Version 1.0.
#include <support/engine_run.hpp>

#include <cerrno>

namespace kernel_copy::test {

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
    case action_kind::ask_warmth:
    case action_kind::push_sink:
        return true;
    case action_kind::confirm_end:
        return error == EAGAIN;
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
        return scenario_.setup.source.kind != end_kind::stream || a.runs == detail::place::here_if_ready;
    case action_kind::flush_sink:
    case action_kind::write_memory:
    case action_kind::write_buffer:
        return scenario_.setup.sink.kind != end_kind::stream;
    default:
        return false;
    }
}

void copy_run::sees_the_end()
{
    saw_the_end_ = true;
    world_.end_source_here();
}

void copy_run::classify(const action& a, const reply& r)
{
    const int error = detail::errno_of(r.how.error);
    ranged_any_ = ranged_any_ || (a.kind == action_kind::clone_range && r.how.bytes != 0);
    save_failed_ = save_failed_ || (saves(a) && r.how.bytes == 0);
    was_in_pipe_ = was_in_pipe_ || a.kind == action_kind::save_pipe;
    if (saves(a))
        return;
    if (is_tried_only(a) || (a.hole != 0 && r.how.bytes == 0))
        return;
    const bool ranged = a.kind == action_kind::transfer && a.by == method::copy_file_range;
    const bool may_wait = a.runs != detail::place::here_if_ready; // else it says nothing about the source
    const bool asks_source = takes(a) && a.kind != action_kind::write_memory && may_wait;
    if (asks_source || a.kind == action_kind::wait_source)
        source_is_dry_ = error == EAGAIN || (a.kind == action_kind::wait_source && error == ECANCELED);
    // When all is to end, only what a stream ends with still counts: it may not say it again.
    const bool of_stream = a.kind == action_kind::read_source && scenario_.setup.source.kind == end_kind::stream;
    const bool too_late = winds_up_ && (!of_stream || fatal_ || after_bytes_);
    const auto fails = [&](const error_code& why) {
        if (too_late)
            return;
        const bool of_sink = a.kind != action_kind::transfer &&
                             (delivers(a) || a.kind == action_kind::flush_sink || a.kind == action_kind::wait_sink);
        delivery_failed_ = delivery_failed_ || of_sink;
        sink_failed_ = sink_failed_ || (of_sink && !fatal_ && !after_bytes_);
        fatal_ = fatal_.value_or(why);
    };
    if (a.kind == action_kind::flush_sink && error == 0)
        flushed_ = true;
    const bool spliced = a.kind == action_kind::fill_pipe || (a.kind == action_kind::transfer && !ranged);
    const bool looks = scenario_.looks && scenario_.setup.source.kind == end_kind::stream_socket;
    const bool unsure = (spliced && looks) || may_say_nothing(a);
    const bool no_socket = a.kind == action_kind::confirm_end && error == ENOTSOCK; // a wrong hint
    const bool goes_on = engine_->overlaps();
    if (a.kind == action_kind::unread_source)
    {
        gave_back_failed_ = error != 0;
        if (goes_on && error != 0)
            fails(r.how.error);
        reads_again_ = goes_on && error == 0;
    }
    else if (no_socket)
        sees_the_end();
    else if (error != 0)
    {
        if (is_fallback(a, error))
            reasons_.insert(error);
        else if (a.kind == action_kind::read_source && r.how.bytes != 0)
        {
            const bool stopped = error == ECANCELED && r.stop != stop_request::none;
            if (!stopped && !too_late)
                after_bytes_ = r.how.error;
        }
        else if (!(error == EAGAIN && is_block(a)) && !(error == ECANCELED && r.stop != stop_request::none))
            fails(r.how.error);
    }
    else if (r.how.bytes == 0)
    {
        if (a.kind == action_kind::write_memory || a.kind == action_kind::write_buffer)
            fails(errc::sink_took_nothing);
        else if (a.kind == action_kind::read_pipe)
            fails(errc::returned_nothing);
        else if (a.kind == action_kind::confirm_end ||
                 (takes(a) && may_wait && !unsure &&
                  (!ranged || ranged_any_ || at_known_end() || !scenario_.setup.methods.contains(method::buffer))))
            sees_the_end();
    }
    else if (a.kind == action_kind::confirm_end)
        reasons_.insert(EAGAIN);
    if (r.how.last)
        sees_the_end();
    ranged_any_ = ranged_any_ || (ranged && r.how.bytes != 0);
}

// Nothing more could have arrived: the source is known to have ended, or a limit lets nothing more through.
bool copy_run::all_has_arrived() const
{
    if (!flushed_ || !(world_.arrived() == world_.promised()))
        return false;
    if (saw_the_end_)
        return true;
    scenario endless = scenario_;
    return world_.arrived() == world{endless, no_limit, {}}.promised();
}

// What a reader of this layer would find at the end: `ended` if it is a clean one.
bool copy_run::truncated(std::size_t layer, bool& ended) const
{
    if (layer == stack_.size() || (stack_.spec(layer).limit && stack_.limit_left(layer) == 0))
    {
        ended = true;
        return false;
    }
    if (stack_.spec(layer).limit && stack_.spec(layer).exact)
        return true;
    return truncated(layer + 1, ended);
}

void copy_run::check_outcome() const
{
    const error_code& error = next_.error;
    const end_kind source = scenario_.setup.source.kind;
    const bool refused = error && error != errno_code(ECANCELED);
    if (steps_ == 1 && (refused || (!ends_now_ && !takes_no_more_ && !ends_when_dry_)))
        return; // refused, or nothing to do: the script says what it expects

    byte_line arrived = world_.arrived();
    byte_line promised = world_.promised();
    require(arrived == promised.take_front(arrived.size()), "other bytes have arrived than were promised");
    require(!scenario_.setup.keeps_residue || save_failed_ || world_.kept().size() == world_.in_flight(),
            "what was not delivered is not kept");
    require(world_.kept() == promised.take_front(world_.kept().size()), "other bytes are kept than were not delivered");
    const bool seekable = source == end_kind::regular_file || source == end_kind::block_device;
    require(!seekable || gave_back_failed_ || world_.in_flight() == 0, "bytes of a file were not given back");
    require(engine_->stream_has_ended() == (source == end_kind::stream && saw_the_end_),
            "does not know whether the stream has ended");
    if (fatal_ || after_bytes_)
        return check_end_by_error();
    require(!engine_->sink_failed(), "blames the sink for what it has not done");

    const bool may_lack_a_method = !scenario_.setup.methods.contains(method::buffer);
    if (may_lack_a_method && (reasons_.contains(detail::errno_of(error)) || error == errc::returned_nothing))
        return;
    const bool stopped = error == errno_code(ECANCELED) && (ends_now_ || takes_no_more_ || ends_when_dry_);
    if (!all_has_arrived())
    {
        require(stopped, "ends before the end: " + error.message());
        require(ends_now_ || world_.in_flight() == 0, "a partial stop has left bytes behind");
        const bool may_take = !ends_now_ && !takes_no_more_ && source != end_kind::stream && !meter_.limits();
        require(!may_take || source_is_dry_, "ends although the source has not said that it is dry");
        return;
    }
    // The stop came before the end was seen, or before a splice's word for it was looked into.
    const bool spliced = source == end_kind::stream_socket && engine_->current() != method::buffer;
    const bool unconfirmed = spliced || known_rest() != 0;
    if (stopped && ends_now_ && (calls_cancelled_ || unconfirmed))
        return;
    bool clean = false;
    require(error == (truncated(0, clean) ? error_code{errc::source_truncated} : error_code{}),
            "a wrong end: " + error.message());
}

// What the source failed with comes after the bytes that it gave, unless these can't be delivered or all ends.
void copy_run::check_end_by_error() const
{
    const error_code& error = next_.error;
    const error_code& first = after_bytes_ ? *after_bytes_ : *fatal_;
    if (reads_again_ && takes_no_more_ && error == errno_code(ECANCELED)) // before it was found again
        return;
    require(error == first, "not the first error is reported: " + error.message());
    require(engine_->sink_failed() == sink_failed_, "blames the wrong end");
    const bool may_leave_bytes = ends_now_ || delivery_failed_ || world_.in_pipe() != 0 || was_in_pipe_;
    require(may_leave_bytes || world_.in_flight() == 0 || gave_back_failed_, "an error has left bytes behind");
}

std::string describe(const action& a)
{
    static const char* const names[] = {
        "flush_sink",   "write_memory", "transfer",      "clone_range",   "find_data",   "skip_hole",
        "open_pipe",    "grow_pipe",    "return_pipe",   "fill_pipe",     "drain_pipe",  "read_source",
        "read_pipe",    "write_buffer", "unread_source", "save_buffer",   "save_pipe",   "ask_warmth",
        "push_sink",    "probe_call",   "ask_readiness", "confirm_end",   "wait_source", "wait_sink",
        "yield",        "pace",         "await",         "cancel_calls",  "finish",      "done_taking",
        "source_ended", "hand_over",    "suspect_call",  "change_method", "go_cold",     "go_warm"};
    static const char* const places[] = {"", " if ready", " on a worker"};
    return std::string{names[static_cast<std::size_t>(a.kind)]} + places[static_cast<std::size_t>(a.runs)] +
           (a.more ? " with more" : "") + " by " + to_string(a.by) + ", half " + std::to_string(a.half) + ", length " +
           std::to_string(a.length) + ", offset " + std::to_string(a.offset) + ", hole " + std::to_string(a.hole) +
           ", " + a.error.message();
}

} // namespace kernel_copy::test

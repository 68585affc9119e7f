// Distributed under the Boost Software License, Version 1.0.
#include <support/engine_run.hpp>

#include <cerrno>

namespace kernel_copy::test {

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
    if (steps_ == 1 && (refused || (!ends_now_ && !takes_no_more_)))
        return; // refused, or nothing to do: the script says what it expects

    byte_line arrived = world_.arrived();
    byte_line promised = world_.promised();
    require(arrived == promised.take_front(arrived.size()), "other bytes have arrived than were promised");
    const bool seekable = source == end_kind::regular_file || source == end_kind::block_device;
    require(!seekable || gave_back_failed_ || world_.in_flight() == 0, "bytes of a file were not given back");

    if (after_bytes_ && error == *after_bytes_)
        return;
    if (fatal_)
        return require(error == *fatal_, "not the first error is reported: " + error.message());

    const bool may_lack_a_method = !scenario_.setup.methods.contains(method::buffer);
    if (may_lack_a_method && (reasons_.contains(detail::errno_of(error)) || error == errc::returned_nothing))
        return;
    const bool stopped = error == errno_code(ECANCELED) && (ends_now_ || takes_no_more_);
    if (!all_has_arrived())
    {
        require(stopped, "ends before the end: " + error.message());
        require(ends_now_ || world_.in_flight() == 0, "a partial stop has left bytes behind");
        return;
    }
    if (stopped && ends_now_)
        return;
    bool clean = false;
    require(error == (truncated(0, clean) ? error_code{errc::source_truncated} : error_code{}),
            "a wrong end: " + error.message());
}

std::string describe(const action& a)
{
    static const char* const names[] = {"flush_sink",    "write_memory", "transfer",      "open_pipe",   "grow_pipe",
                                        "fill_pipe",     "drain_pipe",   "read_source",   "read_pipe",   "write_buffer",
                                        "unread_source", "probe_call",   "ask_readiness", "confirm_end", "wait_source",
                                        "wait_sink",     "yield",        "finish",        "done_taking", "source_ended",
                                        "hand_over",     "suspect_call"};
    return std::string{names[static_cast<std::size_t>(a.kind)]} + " by " + to_string(a.by) + ", length " +
           std::to_string(a.length) + ", offset " + std::to_string(a.offset) + ", " + a.error.message();
}

} // namespace kernel_copy::test

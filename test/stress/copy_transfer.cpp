// Distributed under the Boost Software License, Version 1.0.
#include "copy_transfer.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

namespace soak {

namespace {

using kernel_copy::errc;
using kernel_copy::method;
using kernel_copy::method_set;

constexpr std::uint64_t most_operations = 6;

const method_set no_methods = method_set{method::buffer}.without(method::buffer);

bool is_socket(end_kind k)
{
    return k == end_kind::tcp || k == end_kind::local;
}

/// What surely does between two ends, without a buffer.
method_set kernel_methods(end_kind source, end_kind sink)
{
    if (source == end_kind::own || sink == end_kind::own)
        return no_methods;
    if (source == end_kind::pipe || sink == end_kind::pipe)
        return {method::splice};
    if (source == end_kind::file)
        return is_socket(sink) ? method_set{method::sendfile} : method_set{method::copy_file_range, method::sendfile};
    return {method::splice_through_pipe};
}

} // namespace

void copy_transfer::start_peers()
{
    way& w = record_->ways[0];
    stream_content spoken = books_.content();
    spoken.begin += books_.header.size();
    if (speaks())
        start_peer(speaker_, speaker_.speak(spoken, speech_, w, draw_.fork()));
    if (sink_kind_ != end_kind::file)
        start_peer(hearer_, hearer_.hear(books_.content(), hearing_, w, draw_.fork()));
}

kernel_copy::copy_options copy_transfer::options()
{
    const end_kind sink = std::holds_alternative<kernel_copy::file>(second_) ? end_kind::file : sink_kind_;
    const bool needs_buffer = (source_kind_ == end_kind::file && size_ == 0) || (sink == end_kind::file && appends_);
    auto with = draw_options(size_ + books_.header.size() + books_.rest.size(),
                             needs_buffer ? no_methods : kernel_methods(source_kind_, sink));
    needs_pipe_ = !with.methods.contains(method::buffer);
    with.monitor = &record_->ways[0].monitor;
    with.residue = &books_.rest;
    return with;
}

asio::awaitable<error_code> copy_transfer::work()
{
    for (;;)
    {
        operations_ += 1;
        record_->enters("an operation runs");
        const bool is_last = operations_ == most_operations || !handler_runs_on_strand_;
        if (is_last)
            asio::post(speaker_.strand(), [self = shared_from_this(), this] { speaker_.dismiss(); });
        const auto plan = is_last ? std::vector<blow>{} : draw_blows(speaks() && speech_.ending == manner::stays);
        const auto with = options();
        struck_ = {};
        scarcity_before_ = site_.descriptors.now();
        const std::uint64_t limit_before = view_.limit;
        outcome<std::uint64_t> how;
        view_.is_prefixed = books_.begin();
        start_copy(view_, books_, first_, second_, with,
                   {shared_from_this(), *record_, how, handler_runs_on_strand_ ? strand() : ends_run_on_,
                    is_cancellable_ ? signal.slot() : asio::cancellation_slot{}});
        expect(!how.done, *record_, "an operation has completed in its initiating function");
        co_await strike(how, plan);
        record_->enters("an operation has ended");
        if (view_.read_back)
            view_.read_back();
        view_.read_back = nullptr;
        check(how, books_.end(how.result), limit_before);
        if (!goes_on(how.error) && !salvages(how.error))
            co_return how.error;
    }
}

void copy_transfer::check(const outcome<std::uint64_t>& how, const movement& moved, std::uint64_t limit_before)
{
    check_source(moved, limit_before);
    if (!how.error)
        return check_success();
    record_->add("[" + std::to_string(how.error.value()) + "]");
    if (!is_excused(how.error))
        fault(*record_, "an error that nothing has brought about: " + how.error.message());
    if (how.error == asio::error::operation_aborted && !struck_.closed())
    {
        if (!struck_.terminal)
            expect(moved.taken == moved.delivered, *record_, "what was in flight was not delivered");
        if (!struck_.terminal && !struck_.partial)
            expect(moved.taken == 0, *record_, "total cancellation was honoured after bytes were taken");
    }
}

void copy_transfer::check_source(const movement& moved, std::uint64_t limit_before)
{
    if (limit_before != never && view_.how != reading::plain)
        expect(view_.limit == limit_before - moved.from_source, *record_, "a limit is not exact");
    if (source_kind_ != end_kind::file)
        return;
    expect(moved.taken == moved.delivered || struck_.closed_first, *record_,
           "a file was not given back what was not delivered");
    if (view_.how == reading::range)
        expect(view_.offset == file_begin_ + books_.from_source(), *record_, "the offset of a range is not exact");
    else if (!struck_.closed_first)
        expect(std::get<kernel_copy::file>(first_).seek(0, kernel_copy::file::seek_cur) ==
                   file_begin_ + books_.from_source(),
               *record_, "the position of the source is not exact");
}

bool copy_transfer::source_has_ended() const
{
    return books_.from_source() == (speaks() ? record_->ways[0].sent.load() : size_);
}

void copy_transfer::check_success()
{
    expect(!books_.has_memory(), *record_, "success, and bytes in memory were not delivered");
    if (view_.how != reading::plain && view_.limit == 0)
        return;
    expect(!is_owed(), *record_, "success, and fewer bytes than were owed");
    expect(source_has_ended(), *record_, "success before the source has ended");
    if (speaks() && speech_.ending != manner::resets)
        expect(books_.from_source() == speech_.says, *record_, "success, and the source has not said all");
}

bool copy_transfer::is_excused(const error_code& error) const
{
    if (error == asio::error::operation_aborted)
        return struck_.closed() || struck_.cancelled();
    if (error == system_error(EBADF))
        return struck_.closed();
    if (error == errc::source_truncated)
        return is_owed() && view_.limit != 0 && source_has_ended();
    if (is_want_of_descriptors(error))
        return needs_pipe_ || site_.descriptors.was_since(scarcity_before_);
    if (error == asio::error::connection_reset || error == asio::error::broken_pipe)
        return (speaks() && speech_.ending == manner::resets) || hearing_.hears_until != never;
    return false;
}

bool copy_transfer::goes_on(const error_code& error)
{
    const bool may = !struck_.closed() && (error == asio::error::operation_aborted || is_want_of_descriptors(error));
    // Who has seen the end of a stream and is ended all the same can't say so, and Asio's sockets say it only once.
    const bool may_have_ended = source_kind_ == end_kind::own && (struck_.terminal || !struck_.cancelled());
    if (!may || may_have_ended || operations_ == most_operations || draw_.one_in(6))
        return false;
    site_.counts.resumptions += 1;
    return true;
}

bool copy_transfer::salvages(const error_code& error)
{
    const bool sink_failed = (error == asio::error::broken_pipe || error == asio::error::connection_reset) &&
                             hearing_.hears_until != never && speech_.ending != manner::resets;
    // A reset is told once: who goes on after it would take it for the end.
    const bool may_be_told = error == asio::error::connection_reset && speech_.ending == manner::resets;
    const bool may = error && source_kind_ != end_kind::own && !struck_.closed_first && !may_be_told &&
                     (sink_failed || struck_.closed_second);
    if (!may || std::holds_alternative<kernel_copy::file>(second_) || operations_ == most_operations || draw_.one_in(4))
        return false;
    close(second_);
    try
    {
        open_file_sink(draw_, false);
    }
    catch (const boost::system::system_error&)
    {
        return false; // no descriptors
    }
    heard_to_ = sink_begin_ = books_.delivered();
    site_.counts.salvages += 1;
    return true;
}

void copy_transfer::check_peers()
{
    const way& w = record_->ways[0];
    const bool went_on = sink_kind_ != end_kind::file && written_.descriptor != -1;
    if (!went_on)
        heard_to_ = books_.delivered();
    if (sink_kind_ != end_kind::file && !hearer_.broke_off)
    {
        expect(w.received == heard_to_, *record_, "other than what was delivered has arrived");
        expect(hearer_.heard_end, *record_, "the end has not arrived");
    }
    expect(w.received <= books_.delivered(), *record_, "more has arrived than was delivered");
    if (written_.descriptor != -1)
        check_file(*record_, written_.descriptor, written_.begin, books_.content(), sink_begin_,
                   books_.delivered() - sink_begin_);
    if (speaks())
        count_manner(speaker_, speech_);
    count_manner(hearer_, hearing_);
}

std::shared_ptr<transfer> make_copy(site& s, asio::io_context& io, std::uint64_t number)
{
    return std::make_shared<copy_transfer>(s, io, number);
}

} // namespace soak

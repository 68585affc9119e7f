// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_DIRECTION_HPP
#define KERNEL_COPY_DETAIL_DIRECTION_HPP

#include <kernel_copy/detail/disk_task.hpp>
#include <kernel_copy/detail/end_pair.hpp>
#include <kernel_copy/detail/executors.hpp>
#include <kernel_copy/detail/operation.hpp>
#include <kernel_copy/detail/pass_on.hpp>
#include <kernel_copy/detail/pump_place.hpp>
#include <kernel_copy/detail/side_calls.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/error.hpp>

#include <cstdint>
#include <utility>

namespace kernel_copy::inline v0::detail {

/// From a source to a sink: a copy has one direction, a relay two. Gives the pump the thread, and what the pump
/// asks for to Asio. The two parts of an operation that it is given are its source's calls and its sink's.
template <class Source, class Sink>
class direction
{
    using pair_type = end_pair<Source, Sink>;
    using innermost_source = typename pair_type::source_type;
    using innermost_sink = typename pair_type::sink_type;

public:
    static constexpr unsigned char parts = 2;
    /// Does one of the ends have calls of its own, which overlap and must be ended before the copy can be?
    static constexpr bool has_stream = !has_descriptor<innermost_source> || !has_descriptor<innermost_sink>;

    /// Could it have to wait for a disk?
    static constexpr bool has_file = may_be_file(kind_of<innermost_source>()) || may_be_file(kind_of<innermost_sink>());

    /// Two sockets, with nothing around the source that limits what is read.
    static constexpr bool can_be_small =
        !is_seen_through<Source>() && has_descriptor<Source> && has_descriptor<innermost_sink>;

    /// The same, with nothing around the sink either, and both said to be sockets that Asio can wait for.
    static constexpr bool can_begin_small =
        can_be_small && !is_seen_through<Sink>() && has_waiter<Source> && has_waiter<Sink> &&
        kind_of<innermost_source>() == end_kind::stream_socket && kind_of<innermost_sink>() == end_kind::stream_socket;

    /// `before` counts what has been moved already.
    direction(Source& source, Sink& sink, const copy_options& options, const parked_pump& before = {})
        : ends_{source, sink}, options_{options}
    {
        *pump_.parked() = before;
    }
    direction(const direction&) = delete;
    direction& operator=(const direction&) = delete;

    /// Goes on after a call of one of its parts (or none, the first time). True when it is over; then none of its
    /// calls is under way.
    template <class Operation>
    bool advance(Operation& operation, unsigned char first_part, event e)
    {
        auto [stop, was] = calls_.end(e.side);
        const bool by_worker = was == under_way::worker;
        if (was == under_way::call && !e.error && ends_.is_closed(e.side))
            e.error = asio::error::operation_aborted;
        if constexpr (has_file)
        {
            if (tasks_.end)
                return finish(*tasks_.end);
            if (by_worker && e.error && e.nanoseconds == 0) // it was dropped, and so would the next be
            {
                tasks_.lost_executor = true;
                stop = stop_request::terminal;
            }
        }
        if (!by_worker && stop == stop_request::none && e.error == asio::error::operation_aborted)
            ends_.lose(e.side);
        if (e.side == call_side::source && e.error == asio::error::eof)
        {
            e.last = true;
            e.error = {};
        }
        // Asked once: what follows has other errors, and the ends are no less alive for them.
        const descriptor_pair descriptors = ends_.usable_descriptors(e, by_worker, taken() != delivered());
        scratch buffer;
        if constexpr (can_begin_small)
            if (stop == stop_request::none && has_not_begun())
                begin_small(*pump_.parked(), options_, descriptors);
        if constexpr (can_be_small)
            if (auto* const parked = pump_.parked();
                stop == stop_request::none && parked != nullptr && parked->can_go_on())
            {
                const action_kind next = pass_on(*parked, options_, descriptors, buffer, e);
                if (next == action_kind::finish)
                    return finish({});
                if (next == action_kind::wait_source)
                {
                    begin(operation, first_part, {.kind = next});
                    return false;
                }
            }
        for (;;)
        {
            const action next = machine(std::move(buffer)).run(e, stop, descriptors);
            switch (next.kind)
            {
            case action_kind::finish:
                return closes_duplicates(operation, first_part, next.error) ? false : finish(next.error);
            case action_kind::await:
                return false;
            case action_kind::cancel_calls:
                calls_.interrupt(stop_request::terminal, call_side::source, asio::cancellation_type::terminal);
                calls_.interrupt(stop_request::terminal, call_side::sink, asio::cancellation_type::terminal);
                break;
            default:
                begin(operation, first_part, next);
                if (pump_->can_park())
                    pump_.park();
                else if (pump_->overlaps() && next.kind != action_kind::yield && next.kind != action_kind::pace)
                    break;
                return false;
            }
            e = {.begun = true};
            stop = stop_request::none;
        }
    }

    /// Passes a request on to those calls under way that it ends.
    void stop(stop_request request, asio::cancellation_type type)
    {
        if constexpr (has_file)
            if (tasks_.end)
                return;
        machine().hear(request);
        for (const call_side side : {call_side::source, call_side::sink})
            if (machine().interrupts(request, side) && !ends_by_itself(request, side))
                calls_.interrupt(request, side, type);
    }

    /// Asks all calls under way to end, whatever becomes of the bytes.
    void abandon()
    {
        for (const call_side side : {call_side::source, call_side::sink})
            calls_.interrupt(stop_request::terminal, side, asio::cancellation_type::all);
    }

    [[nodiscard]] asio::cancellation_slot slot_of(unsigned char part) noexcept { return calls_.slot(part); }
    [[nodiscard]] bool over() const noexcept { return pump_.over(); }
    /// How it ended; only when it is over.
    [[nodiscard]] const error_code& error() const { return pump_.ended().error; }
    [[nodiscard]] bool sink_failed() const { return pump_.ended().sink_failed; }
    /// Has the user closed or destroyed an end of it?
    [[nodiscard]] bool has_lost_end() const noexcept { return ends_.has_lost_one(); }
    /// It has ended otherwise than it seemed.
    void judge(const error_code& error) { pump_.ended().error = error; }

    [[nodiscard]] std::uint64_t taken() const noexcept { return pump_.taken(); }
    [[nodiscard]] std::uint64_t delivered() const noexcept { return pump_.delivered(); }
    /// Has anything moved, or is it moving: what memory holds, by a stream's own write or by a worker; or from file to
    /// file?
    [[nodiscard]] bool has_begun() const noexcept
    {
        const under_way sink = calls_.on(call_side::sink);
        return taken() != 0 || sink == under_way::worker ||
               (!has_descriptor<innermost_sink> && sink == under_way::call) ||
               (pump_.get() != nullptr && pump_->leaves_to_worker());
    }
    innermost_sink& sink_end() noexcept { return ends_.sink(); }

private:
    using under_way = side_calls::under_way;

    /// Who is to end when its source is dry goes on while that is not: the wait is about to end, with more to be read.
    [[nodiscard]] bool ends_by_itself(stop_request request, call_side side)
    {
        return request == stop_request::dry && side == call_side::source &&
               pump_->source_is_ready(ends_.descriptors().source);
    }

    pump& machine(scratch&& buffer = {}) { return pump_.enter(ends_, options_, std::move(buffer)); }

    [[nodiscard]] bool has_not_begun() noexcept
    {
        const auto* const parked = pump_.parked();
        return parked != nullptr && !parked->is_one;
    }

    bool finish(const error_code& error)
    {
        pump_.end(error);
        return true;
    }

    template <class Operation>
    void begin(Operation& operation, unsigned char first_part, const action& what)
    {
        BOOST_ASIO_HANDLER_LOCATION((__FILE__, __LINE__, Operation::name));
        if (what.kind == action_kind::pace)
            return operation.ring_in(first_part, what.length);
        const auto side = side_of(what.kind);
        if constexpr (has_file)
            if (what.runs == place::worker)
                return work(operation, first_part, side, disk_task<Operation>::errand::transfer);
        const auto part = static_cast<unsigned char>(first_part + static_cast<unsigned char>(side));
        if (what.kind == action_kind::yield)
            return operation.post(part);
        calls_.begin(side, under_way::call);
        part_handler<Operation> handler{operation, part};
        if constexpr (!has_own_executor<typename Operation::handler_type>)
            if (operation.is_foreign(first_part, side))
                return call(what, asio::bind_executor(asio::get_associated_executor(handler, operation.executor()),
                                                      std::move(handler)));
        call(what, std::move(handler));
    }

    template <class PartHandler>
    void call(const action& what, PartHandler&& handler)
    {
        switch (what.kind)
        {
        case action_kind::wait_source:
            ends_.wait_readable(std::move(handler));
            break;
        case action_kind::wait_sink:
            ends_.wait_writable(std::move(handler));
            break;
        case action_kind::read_source:
            if constexpr (!has_descriptor<innermost_source>)
            {
                const auto space = pump_->read_space(what);
                ends_.source().async_read_some(asio::mutable_buffer{space.data(), space.size()}, std::move(handler));
            }
            break;
        case action_kind::write_memory:
        case action_kind::write_buffer:
            if constexpr (!has_descriptor<innermost_sink>)
            {
                const auto data = pump_->write_data(what);
                ends_.sink().async_write_some(asio::const_buffer{data.data(), data.size()}, std::move(handler));
            }
            break;
        default:
            break;
        }
    }

    template <class Operation>
    void work(Operation& operation, unsigned char first_part, call_side side,
              typename disk_task<Operation>::errand what)
    {
        calls_.begin(side, under_way::worker);
        tasks_.start(operation, static_cast<unsigned char>(first_part + static_cast<unsigned char>(side)), *pump_.get(),
                     side, what, context_of(operation.executor()), options_.disk_executor);
    }

    template <class Operation>
    bool closes_duplicates([[maybe_unused]] Operation& operation, [[maybe_unused]] unsigned char first_part,
                           [[maybe_unused]] const error_code& end)
    {
        if constexpr (has_file)
            if (pump_->holds_duplicates() && !tasks_.lost_executor)
            {
                tasks_.end = end;
                work(operation, first_part, call_side::source, disk_task<Operation>::errand::close_duplicates);
                return true;
            }
        return false;
    }

    pair_type ends_;
    const copy_options& options_;
    pump_place pump_{};
    side_calls calls_{};
    [[no_unique_address]] disk_tasks<has_file> tasks_{};
};

} // namespace kernel_copy::inline v0::detail

#endif

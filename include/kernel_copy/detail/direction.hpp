// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_DIRECTION_HPP
#define KERNEL_COPY_DETAIL_DIRECTION_HPP

#include <kernel_copy/detail/disk_task.hpp>
#include <kernel_copy/detail/erased_ends.hpp>
#include <kernel_copy/detail/executors.hpp>
#include <kernel_copy/detail/operation.hpp>
#include <kernel_copy/detail/pass_on.hpp>
#include <kernel_copy/detail/send_small.hpp>
#include <kernel_copy/detail/waiter.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

namespace kernel_copy::detail {

/// From a source to a sink: a copy has one direction, a relay two. Gives the pump the thread, and what the pump
/// asks for to Asio. The two parts of an operation that it is given are its source's calls and its sink's.
template <class Source, class Sink>
class direction
{
    using innermost_source = innermost_t<Source>;
    using innermost_sink = innermost_t<Sink>;

public:
    static constexpr unsigned char parts = 2;
    /// Does one of the ends have calls of its own, which overlap and must be ended before the copy can be?
    static constexpr bool has_stream = !has_descriptor<innermost_source> || !has_descriptor<innermost_sink>;

    static constexpr bool may_be_file(end_kind kind)
    {
        return kind != end_kind::stream_socket && kind != end_kind::pipe && kind != end_kind::stream;
    }
    /// Could it have to wait for a disk?
    static constexpr bool has_file = may_be_file(kind_of<innermost_source>()) || may_be_file(kind_of<innermost_sink>());

    /// Two sockets, with nothing around the source that limits what is read.
    static constexpr bool can_be_small =
        !is_seen_through<Source>() && has_descriptor<Source> && has_descriptor<innermost_sink>;

    /// A range of a file, to a socket.
    static constexpr bool can_be_small_file = has_position_layer<Source>() && !is_seen_through<Sink>() &&
                                              kind_of<innermost_sink>() == end_kind::stream_socket;

    direction(Source& source, Sink& sink, const copy_options& options)
        : source_{source}, sink_{sink}, options_{options}, layers_{source}, buffers_{sink}
    {
        make_non_blocking(source_end());
        make_non_blocking(sink_end());
    }
    direction(const direction&) = delete;
    direction& operator=(const direction&) = delete;

    /// Goes on after a call of one of its parts (or none, the first time). True when it is over; then none of its
    /// calls is under way.
    template <class Operation>
    bool advance(Operation& operation, unsigned char first_part, event e)
    {
        const auto side = static_cast<std::size_t>(e.side);
        stop_request stop = std::exchange(interrupted_by_[side], stop_request::none);
        const bool by_worker = std::exchange(under_way_[side], under_way::nothing) == under_way::worker;
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
            lost_ = e.side;
        if (e.side == call_side::source && e.error == asio::error::eof) // the end of a stream is a read of nothing
            e.error = {};
        // Asked once: what follows has other errors, and the ends are no less alive for them.
        const descriptor_pair descriptors = usable_descriptors(e, by_worker);
        scratch buffer;
        if constexpr (can_be_small)
            if (auto* const parked = std::get_if<parked_pump>(&rest_);
                stop == stop_request::none && parked != nullptr && pump_ == nullptr && parked->can_go_on() &&
                pass_on(parked->copy, options_, descriptors, buffer, e))
            {
                begin(operation, first_part, {.kind = action_kind::wait_source});
                return false;
            }
        if constexpr (can_be_small_file)
            if (stop == stop_request::none && has_not_begun() && is_sent())
                return true;
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
                interrupt(stop_request::terminal, call_side::source, asio::cancellation_type::terminal);
                interrupt(stop_request::terminal, call_side::sink, asio::cancellation_type::terminal);
                break;
            default:
                begin(operation, first_part, next);
                if (pump_->can_park())
                    park();
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
                interrupt(request, side, type);
    }

    /// Asks all calls under way to end, whatever becomes of the bytes.
    void abandon()
    {
        for (const call_side side : {call_side::source, call_side::sink})
            interrupt(stop_request::terminal, side, asio::cancellation_type::all);
    }

    [[nodiscard]] asio::cancellation_slot slot_of(unsigned char part) noexcept { return signals_[part].slot(); }
    [[nodiscard]] bool over() const noexcept { return std::holds_alternative<outcome>(rest_); }
    /// How it ended; only when it is over.
    [[nodiscard]] const error_code& error() const { return std::get<outcome>(rest_).error; }
    [[nodiscard]] bool sink_failed() const { return std::get<outcome>(rest_).sink_failed; }
    /// It has ended otherwise than it seemed.
    void judge(const error_code& error) { std::get<outcome>(rest_).error = error; }

    [[nodiscard]] std::uint64_t taken() const noexcept
    {
        const auto* const parked = std::get_if<parked_pump>(&rest_);
        return pump_               ? pump_->counts().taken()
               : parked != nullptr ? parked->copy.taken
                                   : std::get<outcome>(rest_).taken;
    }
    [[nodiscard]] std::uint64_t delivered() const noexcept
    {
        const auto* const parked = std::get_if<parked_pump>(&rest_);
        return pump_               ? pump_->counts().delivered()
               : parked != nullptr ? parked->copy.delivered
                                   : std::get<outcome>(rest_).delivered;
    }
    innermost_sink& sink_end() { return innermost(sink_); }

private:
    enum class under_way : unsigned char
    {
        nothing,
        call, ///< of the end's own
        worker
    };

    struct outcome
    {
        error_code error;
        std::uint64_t taken;
        std::uint64_t delivered;
        bool sink_failed;
    };

    innermost_source& source_end() { return innermost(source_); }

    /// Who is to end when its source is dry goes on while that is not: the wait is about to end, with more to be read.
    [[nodiscard]] bool ends_by_itself(stop_request request, call_side side)
    {
        return request == stop_request::dry && side == call_side::source &&
               pump_->source_is_ready(descriptor_of(source_end()));
    }

    /// The pump, which goes on where it was if it has been parked.
    pump& machine(scratch&& buffer = {})
    {
        if (pump_ == nullptr)
        {
            const context_ref context{.object = &source_, .find = [](void* source) -> asio::execution_context& {
                                          return context_of(executor_of(*static_cast<Source*>(source)));
                                      }};
            const auto* const parked = std::get_if<parked_pump>(&rest_);
            pump_.reset(parked->is_one
                            ? new pump{layers_.end(), buffers_.end(), options_, context, *parked, std::move(buffer)}
                            : new pump{layers_.end(), buffers_.end(), options_, context, parked->copy});
        }
        return *pump_;
    }

    [[nodiscard]] bool has_not_begun() const noexcept
    {
        const auto* const parked = std::get_if<parked_pump>(&rest_);
        return pump_ == nullptr && parked != nullptr && !parked->is_one;
    }

    /// Sends a small range at once, if that is all there is to do.
    bool is_sent()
    {
        const auto from = layers_.end();
        progress counts{from.layers, from.position};
        const auto ended = send_small(counts, from, options_,
                                      {.source = descriptor_of(source_end()), .sink = descriptor_of(sink_end())});
        if (ended)
            rest_ = outcome{.error = *ended,
                            .taken = counts.taken(),
                            .delivered = counts.delivered(),
                            .sink_failed = ended->failed()};
        else
            std::get<parked_pump>(rest_).copy = {
                .taken = counts.taken(), .delivered = counts.delivered(), .drained = counts.drained()};
        return ended.has_value();
    }

    void park()
    {
        rest_ = pump_->park();
        pump_.reset();
    }

    bool finish(const error_code& error)
    {
        rest_ = outcome{.error = error,
                        .taken = pump_->counts().taken(),
                        .delivered = pump_->counts().delivered(),
                        .sink_failed = pump_->sink_failed()};
        pump_.reset();
        return true;
    }

    void interrupt(stop_request request, call_side side, asio::cancellation_type type)
    {
        const auto part = static_cast<std::size_t>(side);
        interrupted_by_[part] = request;
        if (under_way_[part] ==
            under_way::call) // else the slot speaks of a call that has ended, of an end that may be gone since
            signals_[part].emit(type);
    }

    template <class Operation>
    void begin(Operation& operation, unsigned char first_part, const action& what)
    {
        if (what.kind == action_kind::pace)
            return operation.ring_in(first_part, what.length);
        BOOST_ASIO_HANDLER_LOCATION((__FILE__, __LINE__, "kernel_copy"));
        const auto side = side_of(what.kind);
        auto& way = under_way_[static_cast<std::size_t>(side)];
        way = what.kind == action_kind::yield ? under_way::nothing : under_way::call;
        if constexpr (has_file)
            if (what.runs == place::worker)
            {
                way = under_way::worker;
                return work(operation, first_part, side, disk_task<Operation>::errand::transfer);
            }
        part_handler<Operation> handler{operation,
                                        static_cast<unsigned char>(first_part + static_cast<unsigned char>(side))};
        if (what.kind == action_kind::yield)
            asio::post(operation.executor(), std::move(handler));
        else if (operation.is_foreign(first_part, side))
            call(what,
                 asio::bind_executor(asio::get_associated_executor(handler, operation.executor()), std::move(handler)));
        else
            call(what, std::move(handler));
    }

    template <class PartHandler>
    void call(const action& what, PartHandler&& handler)
    {
        using wait_type = asio::posix::descriptor_base::wait_type;
        switch (what.kind)
        {
        case action_kind::wait_source:
            if constexpr (has_descriptor<innermost_source>)
                source_waiter_.wait(source_end(), wait_type::wait_read, std::move(handler));
            break;
        case action_kind::wait_sink:
            if constexpr (has_descriptor<innermost_sink>)
                sink_waiter_.wait(sink_end(), wait_type::wait_write, std::move(handler));
            break;
        case action_kind::read_source:
            if constexpr (!has_descriptor<innermost_source>)
            {
                const auto space = pump_->read_space(what);
                source_end().async_read_some(asio::mutable_buffer{space.data(), space.size()}, std::move(handler));
            }
            break;
        case action_kind::write_memory:
        case action_kind::write_buffer:
            if constexpr (!has_descriptor<innermost_sink>)
            {
                const auto data = pump_->write_data(what);
                sink_end().async_write_some(asio::const_buffer{data.data(), data.size()}, std::move(handler));
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
        tasks_.start(operation, static_cast<unsigned char>(first_part + static_cast<unsigned char>(side)), *pump_, side,
                     what, context_of(operation.executor()), options_.disk_executor);
    }

    template <class Operation>
    bool closes_duplicates([[maybe_unused]] Operation& operation, [[maybe_unused]] unsigned char first_part,
                           [[maybe_unused]] const error_code& end)
    {
        if constexpr (has_file)
            if (pump_->holds_duplicates() && !tasks_.lost_executor)
            {
                tasks_.end = end;
                under_way_[0] = under_way::worker;
                work(operation, first_part, call_side::source, disk_task<Operation>::errand::close_duplicates);
                return true;
            }
        return false;
    }

    /// Asked again after each call: the user may have closed one meanwhile, and its number may be another's. A wait
    /// that failed may mean that its end has been destroyed, and the other with it. Then only a file is touched, and
    /// only if there are bytes to be given back to it; or what has said since that it is alive.
    [[nodiscard]] descriptor_pair usable_descriptors(const event& e, bool by_worker)
    {
        const bool failed = e.error && !by_worker;
        if (!failed && !lost_)
            return {.source = descriptor_of(source_end()), .sink = descriptor_of(sink_end())};
        const call_side lost = failed ? e.side : *lost_;
        descriptor_pair usable{};
        if (may_be_file(kind_of<innermost_source>()) && lost == call_side::sink && taken() != delivered())
            usable.source = descriptor_of(source_end());
        if (lost == call_side::source && (e.bytes != 0 || by_worker || (!failed && e.side == call_side::sink)))
            usable.sink = descriptor_of(sink_end());
        return usable;
    }

    Source& source_;
    Sink& sink_;
    const copy_options& options_;
    std::unique_ptr<pump> pump_{};              ///< while it is at work or holds something
    std::variant<parked_pump, outcome> rest_{}; ///< while there is none
    std::array<asio::cancellation_signal, parts> signals_{};
    std::array<stop_request, parts> interrupted_by_{};
    std::array<under_way, parts> under_way_{};
    std::optional<call_side> lost_{}; ///< the end whose wait was ended by the user, who may have destroyed it
    [[no_unique_address]] disk_tasks<has_file> tasks_{};
    [[no_unique_address]] erased_source<Source> layers_;
    [[no_unique_address]] erased_sink<Sink> buffers_;
    [[no_unique_address]] waiter<innermost_source, executor_of_t<innermost_source>> source_waiter_{};
    [[no_unique_address]] waiter<innermost_sink, executor_of_t<innermost_sink>> sink_waiter_{};
};

} // namespace kernel_copy::detail

#endif

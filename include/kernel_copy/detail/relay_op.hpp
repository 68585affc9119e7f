// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_RELAY_OP_HPP
#define KERNEL_COPY_DETAIL_RELAY_OP_HPP

#include <kernel_copy/detail/alarm.hpp>
#include <kernel_copy/detail/direction.hpp>
#include <kernel_copy/detail/executors.hpp>
#include <kernel_copy/detail/holder.hpp>
#include <kernel_copy/detail/operation.hpp>
#include <kernel_copy/detail/relay_engine.hpp>
#include <kernel_copy/detail/shutdown.hpp>
#include <kernel_copy/relay_options.hpp>

#include <array>
#include <memory>
#include <type_traits>
#include <utility>

namespace kernel_copy::inline v0::detail {

/// The options of one way. Only those that differ from the default take memory of their own.
class way_options
{
public:
    way_options(const copy_options& options)
        : own_{options == usual ? nullptr : std::make_unique<const copy_options>(options)}
    {}
    [[nodiscard]] const copy_options& get() const noexcept { return own_ ? *own_ : usual; }

private:
    static inline const copy_options usual{};
    std::unique_ptr<const copy_options> own_;
};

/// A running async_kernel_relay: two directions, the shutdowns of their sinks, and one timer if there is a time or
/// a rate to keep.
template <class Handler, class A, class B>
class relay_op : public operation<relay_op<Handler, A, B>, Handler>
{
    using base = operation<relay_op, Handler>;
    using a_type = std::remove_cvref_t<A>;
    using b_type = std::remove_cvref_t<B>;
    using way_out = direction<a_type, without_views_t<b_type>>;
    using way_back = direction<b_type, without_views_t<a_type>>;
    using executor_type = executor_of_t<a_type>;

    // The parts of the operation, and the times of its alarm.
    static constexpr unsigned char first_part[] = {0, way_out::parts};
    static constexpr unsigned char first_shutdown = way_out::parts + way_back::parts;
    static constexpr unsigned char timer_part = first_shutdown + 2;
    static constexpr unsigned char look_part = timer_part + 1;
    using alarm_type = operation_alarm<relay_op, timer_part>;
    static constexpr std::size_t stall_time = 2;
    static constexpr std::array<bool, 2> late_shutdowns{must_shut_down_late<without_views_t<b_type>>,
                                                        must_shut_down_late<without_views_t<a_type>>};

public:
    static constexpr const char* name = "async_kernel_relay"; ///< as handler tracking tells it

    relay_op(Handler&& handler, holder<A>&& a, holder<B>&& b, const relay_options& options)
        : base{std::move(handler)}, a_{std::move(a)}, b_{std::move(b)}, executor_{executor_of(a_.get())},
          work_{executor(), asio::get_associated_executor(this->handler(), executor())}, other_{executor_of(a_.get()),
                                                                                                executor_of(b_.get())},
          options_{options.a_to_b, options.b_to_a}, out_{a_.get(), without_views(b_.get()), options_[0].get()},
          back_{b_.get(), without_views(a_.get()), options_[1].get()}, engine_{options.idle_timeout,
                                                                               options.half_close_timeout,
                                                                               late_shutdowns}
    {}

    void begin()
    {
        if (engine_.may_be_timed())
            engine_.moved(clock::now());
        advance(0, {});
        advance(1, {});
        go_on();
    }

    void handle(unsigned char part, event e)
    {
        if (part == timer_part)
        {
            if (time_passed())
                return look_again();
        }
        else if (part == look_part)
        {
            looks_again_ = false;
            if (!over_ && engine_.is_timed())
                engine_.tell_time(clock::now());
        }
        else if (part >= first_shutdown)
            engine_.shut_down(static_cast<unsigned char>(part - first_shutdown));
        else
        {
            const unsigned char way = part < first_part[1] ? 0 : 1;
            e.side = static_cast<call_side>(part - first_part[way]);
            const bool went_well = !engine_.error();
            advance(way, e);
            if (went_well && (e.error == asio::error::operation_aborted ||
                              with(way, [](auto& direction) { return direction.has_lost_end(); })))
                return look_again();
        }
        go_on();
    }

    void stop(stop_request request)
    {
        if (over_)
            return;
        engine_.stop(request, out_.has_begun() || back_.has_begun());
        go_on();
    }

    void abandon()
    {
        out_.abandon();
        back_.abandon();
        shutdowns_.stop();
        if (alarm_)
            alarm_->stop();
    }

    [[nodiscard]] bool done() const noexcept { return over_ && !looks_again_ && !(alarm_ && alarm_->waits()); }

    void ring_in(unsigned char part, std::uint64_t nanoseconds)
    {
        const auto at = clock::now() + std::chrono::nanoseconds{nanoseconds};
        the_alarm().set(part == first_part[0] ? 0 : 1, at, *this);
    }

    [[nodiscard]] std::pair<error_code, relay_result> outcome() const
    {
        return {engine_.error(),
                {.a_to_b = {out_.delivered(), out_.error()}, .b_to_a = {back_.delivered(), back_.error()}}};
    }

    /// The calls of `b`: it is read on the way back and written on the way out.
    [[nodiscard]] bool is_foreign(unsigned char first, call_side side) const noexcept
    {
        return (first == first_part[1]) == (side == call_side::source) && other_.differs();
    }

    [[nodiscard]] executor_type executor() const { return executor_.get(); }

    [[nodiscard]] asio::cancellation_slot part_slot(unsigned char part) noexcept
    {
        if (part < first_part[1])
            return out_.slot_of(part);
        if (part < first_shutdown)
            return back_.slot_of(static_cast<unsigned char>(part - first_part[1]));
        return part >= timer_part ? asio::cancellation_slot{} : shutdowns_.slot_of(part - first_shutdown);
    }

private:
    /// Calls a function with one of the directions.
    template <class Function>
    decltype(auto) with(unsigned char way, Function function)
    {
        return way == 0 ? function(out_) : function(back_);
    }

    void advance(unsigned char way, const event& e)
    {
        with(way, [&](auto& direction) {
            const std::uint64_t before = direction.taken() + direction.delivered();
            const bool over = direction.advance(*this, first_part[way], e);
            // The clock is read only where something depends on it.
            if (engine_.may_be_timed() && (over || direction.taken() + direction.delivered() != before))
                engine_.moved(clock::now());
            if (over)
                direction.judge(engine_.ended(way, direction.error(), direction.sink_failed()));
        });
    }

    /// Is it time to end, perhaps?
    bool time_passed()
    {
        const auto now = clock::now();
        the_alarm().woke(now);
        for (const unsigned char way : both_ways)
            if (the_alarm().rang(way, now))
                advance(way, {});
        return the_alarm().rang(stall_time, now);
    }

    /// The user has closed or destroyed an end, and perhaps the other with it; or both, just before the time was over. Then
    /// their calls have been ended as well, and say so before anything is asked of them.
    void look_again()
    {
        if (!std::exchange(looks_again_, true))
            this->post(look_part);
    }

    /// Does what the engine asks for.
    void go_on()
    {
        while (!over_)
        {
            const relay_action next = engine_.next();
            switch (next.step)
            {
            case relay_step::stop:
                with(next.direction, [&](auto& direction) {
                    direction.stop(next.request,
                                   next.forced ? asio::cancellation_type::all : to_cancellation_type(next.request));
                });
                if (alarm_) // a pause can't be cancelled
                    alarm_->hurry(next.direction, *this);
                break;
            case relay_step::shut_down:
                with(next.direction, [&](auto& direction) { shut_down(next.direction, direction.sink_end()); });
                break;
            case relay_step::stop_shutting:
                shutdowns_.stop();
                break;
            case relay_step::finish:
                over_ = true;
                if (alarm_)
                    alarm_->stop();
                break;
            case relay_step::await:
                return set_alarm();
            }
        }
    }

    template <class Sink>
    void shut_down(unsigned char way, Sink& sink)
    {
        const auto part = static_cast<unsigned char>(first_shutdown + way);
        if constexpr (has_async_shutdown<Sink>)
        {
            BOOST_ASIO_HANDLER_LOCATION((__FILE__, __LINE__, relay_op::name));
            part_handler<relay_op> handler{*this, part};
            if (way == 0 && other_.differs())
                async_shut_down(
                    sink, asio::bind_executor(asio::get_associated_executor(handler, executor()), std::move(handler)));
            else
                async_shut_down(sink, std::move(handler));
        }
        else
        {
            shut_down_send(sink);
            engine_.shut_down(way);
        }
    }

    void set_alarm()
    {
        if (engine_.is_timed())
            the_alarm().set(stall_time, engine_.deadline(), *this);
        else if (alarm_)
            alarm_->clear(stall_time);
        if (alarm_)
            alarm_->go_on(*this);
    }

    alarm_type& the_alarm()
    {
        if (!alarm_)
            alarm_ = std::make_unique<alarm_type>(*this);
        return *alarm_;
    }

    holder<A> a_;
    holder<B> b_;
    kept_executor<executor_type> executor_; ///< of `a`
    executors_work<executor_type, std::decay_t<asio::associated_executor_t<Handler, executor_type>>> work_;
    other_executor<executor_type, executor_of_t<b_type>> other_; ///< of `b`
    std::array<way_options, 2> options_;
    way_out out_;
    way_back back_;
    relay_engine engine_;
    [[no_unique_address]] shutdown_signals<has_async_shutdown<without_views_t<a_type>> ||
                                           has_async_shutdown<without_views_t<b_type>>>
        shutdowns_{};
    std::unique_ptr<alarm_type> alarm_{};
    bool over_ = false;
    bool looks_again_ = false;
};

} // namespace kernel_copy::inline v0::detail

#endif

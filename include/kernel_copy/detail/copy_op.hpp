// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_COPY_OP_HPP
#define KERNEL_COPY_DETAIL_COPY_OP_HPP

#include <kernel_copy/detail/alarm.hpp>
#include <kernel_copy/detail/direction.hpp>
#include <kernel_copy/detail/executors.hpp>
#include <kernel_copy/detail/holder.hpp>
#include <kernel_copy/detail/operation.hpp>
#include <kernel_copy/options.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace kernel_copy::inline v0::detail {

/// A running async_kernel_copy: one direction, and a timer if a rate is to be kept.
template <class Handler, class Source, class Sink>
class copy_op : public operation<copy_op<Handler, Source, Sink>, Handler>
{
    using base = operation<copy_op, Handler>;
    using way = direction<std::remove_cvref_t<Source>, std::remove_cvref_t<Sink>>;
    using executor_type = executor_of_t<std::remove_cvref_t<Source>>;
    static constexpr unsigned char timer_part = way::parts;

public:
    using work_type = copy_work<executor_type, executor_of_t<std::remove_cvref_t<Sink>>,
                                std::decay_t<asio::associated_executor_t<Handler, executor_type>>>;

    static constexpr const char* name = "async_kernel_copy"; ///< as handler tracking tells it

    copy_op(Handler&& handler, holder<Source>&& source, holder<Sink>&& sink, work_type&& work,
            const copy_options& options, const parked_pump& before)
        : base{std::move(handler)}, source_{std::move(source)}, sink_{std::move(sink)}, work_{std::move(work)},
          options_{options}, way_{source_.get(), sink_.get(), options_, before}
    {}

    void begin() { way_.advance(*this, 0, {}); }

    void handle(unsigned char part, event e)
    {
        if (part == timer_part)
        {
            const auto now = clock::now();
            alarm_->woke(now);
            if (alarm_->rang(0, now))
                way_.advance(*this, 0, {});
            alarm_->go_on(*this);
        }
        else
        {
            e.side = static_cast<call_side>(part);
            way_.advance(*this, 0, e);
        }
    }

    void stop(stop_request request)
    {
        if (way_.over()) // and that only has to be said
            return;
        way_.stop(request, to_cancellation_type(request));
        if (alarm_) // a pause can't be cancelled
            alarm_->hurry(0, *this);
    }

    void abandon()
    {
        way_.abandon();
        if (alarm_)
            alarm_->stop();
    }

    [[nodiscard]] bool done() const noexcept { return way_.over() && !(alarm_ && alarm_->waits()); }

    void ring_in(unsigned char, std::uint64_t nanoseconds)
    {
        if (!alarm_)
            alarm_ = std::make_unique<operation_alarm<copy_op, timer_part>>(*this);
        alarm_->set(0, clock::now() + std::chrono::nanoseconds{nanoseconds}, *this);
    }

    [[nodiscard]] std::pair<error_code, std::uint64_t> outcome() const { return {way_.error(), way_.delivered()}; }

    [[nodiscard]] bool is_foreign(unsigned char, call_side side) const noexcept
    {
        return side == call_side::sink && work_.has_foreign_sink();
    }

    [[nodiscard]] executor_type executor() const { return work_.executor(); }

    /// Calls that nothing will ever end need no slot.
    [[nodiscard]] asio::cancellation_slot part_slot(unsigned char part) noexcept
    {
        const bool may_be_ended = way::has_stream || way::has_file || this->cancellable();
        return part != timer_part && may_be_ended ? way_.slot_of(part) : asio::cancellation_slot{};
    }

private:
    holder<Source> source_;
    holder<Sink> sink_;
    work_type work_;
    copy_options options_;
    way way_;
    std::unique_ptr<operation_alarm<copy_op, timer_part>> alarm_{};
};

} // namespace kernel_copy::inline v0::detail

#endif

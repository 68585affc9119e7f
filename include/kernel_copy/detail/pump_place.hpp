// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_PUMP_PLACE_HPP
#define KERNEL_COPY_DETAIL_PUMP_PLACE_HPP

#include <kernel_copy/detail/pump.hpp>

#include <cstdint>
#include <memory>
#include <utility>
#include <variant>

namespace kernel_copy::inline v0::detail {

/// The pump of a direction, while it is at work or holds something; in its place, what it goes on from when there is
/// something to do again, or how the direction has ended.
class pump_place
{
public:
    struct outcome
    {
        error_code error;
        std::uint64_t taken;
        std::uint64_t delivered;
        bool sink_failed;
    };

    /// Null while there is none.
    [[nodiscard]] pump* get() const noexcept { return pump_.get(); }
    [[nodiscard]] pump* operator->() const noexcept { return pump_.get(); }
    /// What there is in place of one that is to come, or null.
    [[nodiscard]] parked_pump* parked() noexcept
    {
        return pump_ == nullptr ? std::get_if<parked_pump>(&rest_) : nullptr;
    }

    /// One that goes on where it was, if it has been parked; not after the end.
    template <class Ends>
    pump& enter(Ends& ends, const copy_options& options, scratch&& buffer)
    {
        if (pump_ == nullptr)
            pump_ = make_pump(ends.source_layers(), ends.sink_layers(), options, ends.context(),
                              *std::get_if<parked_pump>(&rest_), std::move(buffer));
        return *pump_;
    }
    void park()
    {
        rest_ = pump_->park();
        pump_.reset();
    }
    void end(const error_code& error)
    {
        end({.error = error,
             .taken = taken(),
             .delivered = delivered(),
             .sink_failed = pump_ != nullptr && pump_->sink_failed()});
        pump_.reset();
    }
    void end(const outcome& how) { rest_ = how; }

    [[nodiscard]] bool over() const noexcept { return std::holds_alternative<outcome>(rest_); }
    /// Only when it is over.
    [[nodiscard]] outcome& ended() { return *std::get_if<outcome>(&rest_); }
    [[nodiscard]] const outcome& ended() const { return *std::get_if<outcome>(&rest_); }

    [[nodiscard]] std::uint64_t taken() const noexcept
    {
        const auto* const parked = std::get_if<parked_pump>(&rest_);
        return pump_ ? pump_->taken() : parked != nullptr ? parked->copy.taken : ended().taken;
    }
    [[nodiscard]] std::uint64_t delivered() const noexcept
    {
        const auto* const parked = std::get_if<parked_pump>(&rest_);
        return pump_ ? pump_->delivered() : parked != nullptr ? parked->copy.delivered : ended().delivered;
    }

private:
    std::unique_ptr<pump> pump_{};
    std::variant<parked_pump, outcome> rest_{}; ///< while there is none
};

} // namespace kernel_copy::inline v0::detail

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_RELAY_ENGINE_HPP
#define KERNEL_COPY_DETAIL_RELAY_ENGINE_HPP

#include <kernel_copy/detail/action.hpp>
#include <kernel_copy/detail/config.hpp>
#include <kernel_copy/detail/facts.hpp>

#include <array>
#include <chrono>

namespace kernel_copy::inline v0::detail {

/// The directions of a relay: from a to b, and back.
inline constexpr unsigned char both_ways[] = {0, 1};

/// What a relay is to do about its directions.
enum class relay_step : unsigned char
{
    await,         ///< something that is under way ends next, or the deadline passes
    stop,          ///< pass `request` on to the direction
    shut_down,     ///< the direction has delivered all: tell the peer of its sink; say shut_down() when that is done
    stop_shutting, ///< ask the shutdowns that are under way to end; they still say so
    finish         ///< the relay is over, with `error`
};

struct relay_action
{
    relay_step step = relay_step::await;
    unsigned char direction = 0;
    stop_request request = stop_request::none;
    bool forced = false; ///< the relay is lost: calls are to end even if that can leave their stream unusable
    error_code error{};
};

/// Two directions as one operation: carries the end of each over, ends both when one fails, and knows when nothing
/// has moved for too long. Pure: the directions are run, and the time is told, by its caller.
class KERNEL_COPY_DECL relay_engine
{
public:
    using duration = std::chrono::nanoseconds;
    using time_point = std::chrono::steady_clock::time_point;

    /// 0 for a limit that there is not. `late_shutdown`: the sink of a direction must not be told of the end while it
    /// is still read.
    relay_engine(duration idle, duration half_close, std::array<bool, 2> late_shutdown = {}) noexcept
        : idle_{idle}, half_close_{half_close}, late_shutdown_{late_shutdown}
    {}

    /// To be asked after anything was said, until it says await or finish.
    relay_action next();

    /// A direction is over. `sink_failed`: because its sink could not be written. Gives what it has really ended with.
    error_code ended(unsigned char direction, error_code error, bool sink_failed) noexcept;
    void shut_down(unsigned char direction) noexcept { shutting_[direction] = shutting::done; }
    /// What the caller asks for: a total request counts only if nothing has begun to move.
    void stop(stop_request request, bool has_begun) noexcept;

    [[nodiscard]] const error_code& error() const noexcept { return error_; }

    /// Is there a limit on how long nothing moves? Only then need the time be told.
    [[nodiscard]] bool is_timed() const noexcept { return limit() != duration::zero(); }
    /// May there come to be one?
    [[nodiscard]] bool may_be_timed() const noexcept
    {
        return idle_ != duration::zero() || half_close_ != duration::zero();
    }
    /// Bytes have moved, or a direction has ended.
    void moved(time_point now) noexcept { last_moved_ = now; }
    /// Ends the relay if nothing has moved for too long.
    void tell_time(time_point now) noexcept;
    /// When to tell the time next.
    [[nodiscard]] time_point deadline() const noexcept;

private:
    enum class shutting : unsigned char
    {
        no,
        wanted,
        under_way,
        done
    };

    [[nodiscard]] duration limit() const noexcept;
    void want(unsigned char direction, stop_request request) noexcept;
    void fail(const error_code& error) noexcept;

    duration idle_;
    duration half_close_;
    time_point last_moved_{};
    error_code error_{}; ///< the first
    std::array<bool, 2> late_shutdown_;
    std::array<shutting, 2> shutting_{};
    std::array<bool, 2> ended_{};
    std::array<bool, 2> source_reset_{}; ///< which who wrote to it was told; it says no more than that it has ended
    std::array<stop_request, 2> wanted_{};
    std::array<stop_request, 2> passed_on_{};
    bool stopped_shutting_ = false;
};

} // namespace kernel_copy::inline v0::detail

#endif

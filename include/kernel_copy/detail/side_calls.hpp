// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_SIDE_CALLS_HPP
#define KERNEL_COPY_DETAIL_SIDE_CALLS_HPP

#include <kernel_copy/detail/action.hpp>
#include <kernel_copy/detail/facts.hpp>

#include <boost/asio/cancellation_signal.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace kernel_copy::inline v0::detail {

/// What is under way on the two sides of a direction, and how it is asked to end.
class side_calls
{
public:
    enum class under_way : unsigned char
    {
        nothing,
        call, ///< of the end's own
        worker
    };

    struct answer
    {
        stop_request ended_by;
        under_way was;
    };

    void begin(call_side side, under_way what) noexcept { under_way_[index(side)] = what; }
    [[nodiscard]] under_way on(call_side side) const noexcept { return under_way_[index(side)]; }
    /// It has ended.
    answer end(call_side side) noexcept
    {
        return {.ended_by = std::exchange(interrupted_by_[index(side)], stop_request::none),
                .was = std::exchange(under_way_[index(side)], under_way::nothing)};
    }
    void interrupt(stop_request request, call_side side, boost::asio::cancellation_type type)
    {
        interrupted_by_[index(side)] = std::max(interrupted_by_[index(side)], request);
        // Else the slot speaks of a call that has ended, of an end that may be gone since.
        if (under_way_[index(side)] == under_way::call)
            signals_[index(side)].emit(type);
    }
    [[nodiscard]] boost::asio::cancellation_slot slot(std::size_t side) noexcept { return signals_[side].slot(); }

private:
    static constexpr std::size_t index(call_side side) noexcept { return static_cast<std::size_t>(side); }

    std::array<boost::asio::cancellation_signal, 2> signals_{};
    std::array<stop_request, 2> interrupted_by_{};
    std::array<under_way, 2> under_way_{};
};

} // namespace kernel_copy::inline v0::detail

#endif

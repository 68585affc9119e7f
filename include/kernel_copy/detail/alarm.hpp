// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_ALARM_HPP
#define KERNEL_COPY_DETAIL_ALARM_HPP

#include <kernel_copy/detail/operation.hpp>

#include <boost/asio/basic_waitable_timer.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>

namespace kernel_copy::inline v0::detail {

using clock = std::chrono::steady_clock;

/// Several times of one operation by one timer. The timer is set anew only when an earlier time comes; that a time
/// has moved to later is found out when it rings.
template <class Executor, std::size_t Times>
class alarm
{
public:
    explicit alarm(const Executor& executor) : timer_{executor} { due_.fill(clock::time_point::max()); }

    template <class Operation>
    void set(std::size_t which, clock::time_point at, Operation& operation, unsigned char part)
    {
        due_[which] = at;
        if (at >= set_for_)
            return;
        set_for_ = at;
        timer_.expires_at(at); // ends the wait for the later time, which says so
        ++waits_;
        timer_.async_wait(part_handler<Operation>{operation, part});
    }
    void clear(std::size_t which) noexcept { due_[which] = clock::time_point::max(); }

    /// After a wait: was this time reached?
    [[nodiscard]] bool rang(std::size_t which, clock::time_point now) noexcept
    {
        if (due_[which] > now)
            return false;
        clear(which);
        return true;
    }

    /// A wait has ended.
    void woke(clock::time_point now) noexcept
    {
        --waits_;
        if (set_for_ <= now)
            set_for_ = clock::time_point::max();
    }

    /// A time that is awaited comes now.
    template <class Operation>
    void hurry(std::size_t which, Operation& operation, unsigned char part)
    {
        if (due_[which] != clock::time_point::max())
            set(which, clock::now(), operation, part);
    }

    /// Waits again for what is left.
    template <class Operation>
    void go_on(Operation& operation, unsigned char part)
    {
        const auto next = std::min_element(due_.begin(), due_.end());
        if (*next != clock::time_point::max())
            set(static_cast<std::size_t>(next - due_.begin()), *next, operation, part);
    }

    /// Nothing rings any more; a wait that is under way says so.
    void stop()
    {
        due_.fill(clock::time_point::max());
        set_for_ = clock::time_point::min();
        timer_.cancel();
    }
    [[nodiscard]] bool waits() const noexcept { return waits_ != 0; }

private:
    asio::basic_waitable_timer<clock, asio::wait_traits<clock>, Executor> timer_;
    std::array<clock::time_point, Times> due_;
    clock::time_point set_for_ = clock::time_point::max();
    unsigned waits_ = 0;
};

} // namespace kernel_copy::inline v0::detail

#endif

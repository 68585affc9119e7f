// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/alarm.hpp>
#include <kernel_copy/detail/asio_alarm_timer.hpp>

#include <algorithm>
#include <utility>

namespace kernel_copy::inline v0::detail {

#if defined(KERNEL_COPY_ASIO_AS_BUILT)
std::unique_ptr<alarm_timer> as_built::make_alarm_timer(const boost::asio::any_io_executor& executor)
{
    return std::make_unique<asio_alarm_timer>(executor);
}
#endif

alarm::alarm(std::unique_ptr<alarm_timer> timer) : timer_{std::move(timer)}
{
    due_.fill(clock::time_point::max());
}

void alarm::set(std::size_t which, clock::time_point at, const alarm_listener& listener)
{
    due_[which] = at;
    if (at >= set_for_)
        return;
    set_for_ = at;
    timer_->set(at); // ends the wait for the later time, which says so
    ++waits_;
    timer_->wait(listener);
}

bool alarm::rang(std::size_t which, clock::time_point now) noexcept
{
    if (due_[which] > now)
        return false;
    clear(which);
    return true;
}

void alarm::woke(clock::time_point now) noexcept
{
    --waits_;
    if (set_for_ <= now)
        set_for_ = clock::time_point::max();
}

void alarm::hurry(std::size_t which, const alarm_listener& listener)
{
    if (due_[which] != clock::time_point::max())
        set(which, clock::now(), listener);
}

void alarm::go_on(const alarm_listener& listener)
{
    const auto next = std::min_element(due_.begin(), due_.end());
    if (*next != clock::time_point::max())
        set(static_cast<std::size_t>(next - due_.begin()), *next, listener);
}

void alarm::stop()
{
    due_.fill(clock::time_point::max());
    set_for_ = clock::time_point::min();
    timer_->cancel();
}

} // namespace kernel_copy::inline v0::detail

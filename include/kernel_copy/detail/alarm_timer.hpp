// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_ALARM_TIMER_HPP
#define KERNEL_COPY_DETAIL_ALARM_TIMER_HPP

#include <chrono>

namespace kernel_copy::inline v0::detail {

using clock = std::chrono::steady_clock;

/// An operation that waits for a time, without its type.
struct alarm_listener
{
    enum class news : unsigned char
    {
        waits, ///< it is to live until it hears of the end of this wait
        ended,
        dropped ///< the context is gone
    };

    void* operation;
    void (*tell)(void* operation, news what);
};

/// What an alarm rings by.
class alarm_timer
{
public:
    alarm_timer() = default;
    alarm_timer(const alarm_timer&) = delete;
    alarm_timer& operator=(const alarm_timer&) = delete;
    virtual ~alarm_timer() = default;

    /// Ends the waits under way.
    virtual void set(clock::time_point at) = 0;
    virtual void wait(const alarm_listener& listener) = 0;
    virtual void cancel() = 0;
};

} // namespace kernel_copy::inline v0::detail

#endif

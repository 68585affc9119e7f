// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_ASIO_ALARM_TIMER_HPP
#define KERNEL_COPY_DETAIL_ASIO_ALARM_TIMER_HPP

#include <kernel_copy/detail/alarm_timer.hpp>
#include <kernel_copy/detail/asio_as_built.hpp>
#include <kernel_copy/error.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <utility>

namespace kernel_copy::inline v0::detail {
inline namespace KERNEL_COPY_ASIO_ABI {

/// One wait of an operation.
class alarm_wait
{
public:
    explicit alarm_wait(const alarm_listener& listener) : listener_{listener} { tell(alarm_listener::news::waits); }
    alarm_wait(alarm_wait&& other) noexcept : listener_{std::exchange(other.listener_, {nullptr, nullptr})} {}
    alarm_wait& operator=(alarm_wait&&) = delete;
    ~alarm_wait()
    {
        if (listener_.operation != nullptr)
            tell(alarm_listener::news::dropped);
    }

    void operator()(const error_code&)
    {
        const alarm_listener to = std::exchange(listener_, {nullptr, nullptr});
        to.tell(to.operation, alarm_listener::news::ended);
    }

private:
    void tell(alarm_listener::news what) { listener_.tell(listener_.operation, what); }

    alarm_listener listener_;
};

/// By Asio's timer.
class asio_alarm_timer final : public alarm_timer
{
public:
    explicit asio_alarm_timer(const boost::asio::any_io_executor& executor) : timer_{executor} {}
    void set(clock::time_point at) override { timer_.expires_at(at); }
    void wait(const alarm_listener& listener) override { timer_.async_wait(alarm_wait{listener}); }
    void cancel() override { timer_.cancel(); }

private:
    boost::asio::steady_timer timer_;
};

} // namespace KERNEL_COPY_ASIO_ABI
} // namespace kernel_copy::inline v0::detail

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_ALARM_HPP
#define KERNEL_COPY_DETAIL_ALARM_HPP

#include <kernel_copy/detail/alarm_timer.hpp>
#include <kernel_copy/detail/asio_as_built.hpp>
#include <kernel_copy/detail/config.hpp>
#include <kernel_copy/detail/posted_part.hpp>
#if !defined(KERNEL_COPY_ASIO_AS_BUILT)
#include <kernel_copy/detail/asio_alarm_timer.hpp>
#endif

#include <boost/asio/any_io_executor.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <utility>

namespace kernel_copy::inline v0::detail {

inline namespace KERNEL_COPY_ASIO_ABI {

// By Asio's timer. A wait keeps its executor at work, and ends there.
#if defined(KERNEL_COPY_ASIO_AS_BUILT)
std::unique_ptr<alarm_timer> make_alarm_timer(const boost::asio::any_io_executor& executor);
#else
inline std::unique_ptr<alarm_timer> make_alarm_timer(const boost::asio::any_io_executor& executor)
{
    return std::make_unique<asio_alarm_timer>(executor);
}
#endif

} // namespace KERNEL_COPY_ASIO_ABI

/// Several times of one operation by one timer. The timer is set anew only when an earlier time comes; that a time
/// has moved to later is found out when it rings.
class alarm
{
public:
    KERNEL_COPY_DECL explicit alarm(std::unique_ptr<alarm_timer> timer);

    KERNEL_COPY_DECL void set(std::size_t which, clock::time_point at, const alarm_listener& listener);
    void clear(std::size_t which) noexcept { due_[which] = clock::time_point::max(); }

    /// After a wait: was this time reached?
    [[nodiscard]] KERNEL_COPY_DECL bool rang(std::size_t which, clock::time_point now) noexcept;
    /// A wait has ended.
    KERNEL_COPY_DECL void woke(clock::time_point now) noexcept;
    /// A time that is awaited comes now.
    KERNEL_COPY_DECL void hurry(std::size_t which, const alarm_listener& listener);
    /// Waits again for what is left.
    KERNEL_COPY_DECL void go_on(const alarm_listener& listener);
    /// Nothing rings any more; a wait that is under way says so.
    KERNEL_COPY_DECL void stop();
    [[nodiscard]] bool waits() const noexcept { return waits_ != 0; }

private:
    std::unique_ptr<alarm_timer> timer_;
    std::array<clock::time_point, 3> due_;
    clock::time_point set_for_ = clock::time_point::max();
    unsigned waits_ = 0;
};

/// That of an operation, which it wakes as if a call of this part had ended.
template <class Operation, unsigned char Part>
class operation_alarm : public alarm
{
public:
    explicit operation_alarm(const Operation& operation) : alarm{detail::make_alarm_timer(operation.executor())} {}

    void set(std::size_t which, clock::time_point at, Operation& operation)
    {
        BOOST_ASIO_HANDLER_LOCATION((__FILE__, __LINE__, Operation::name));
        alarm::set(which, at, listener(operation));
    }
    void hurry(std::size_t which, Operation& operation)
    {
        BOOST_ASIO_HANDLER_LOCATION((__FILE__, __LINE__, Operation::name));
        alarm::hurry(which, listener(operation));
    }
    void go_on(Operation& operation)
    {
        BOOST_ASIO_HANDLER_LOCATION((__FILE__, __LINE__, Operation::name));
        alarm::go_on(listener(operation));
    }

private:
    /// Each wait is a reference to the operation, which the part takes over.
    static alarm_listener listener(Operation& operation) noexcept
    {
        return {.operation = &operation, .tell = [](void* waiting, alarm_listener::news what) {
                    auto* const self = static_cast<Operation*>(waiting);
                    if (what == alarm_listener::news::waits)
                        return self->add_reference();
                    if (what == alarm_listener::news::dropped)
                        return self->drop_reference();
                    detail::come_back(*self, Part);
                }};
    }
};

} // namespace kernel_copy::inline v0::detail

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_EXAMPLE_TASK_GROUP_HPP
#define KERNEL_COPY_EXAMPLE_TASK_GROUP_HPP

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <cstdint>
#include <list>

namespace kernel_copy::example {

/// Coroutines that can be ended together. Everything happens on one thread.
///
/// The group must live until the io_context has run out of work.
class task_group
{
public:
    explicit task_group(boost::asio::any_io_executor executor) : executor_{std::move(executor)} {}
    task_group(const task_group&) = delete;
    task_group& operator=(const task_group&) = delete;

    /// Starts a coroutine, which should deal with its own errors: what it throws is dropped.
    void spawn(boost::asio::awaitable<void> task);

    /// Cancels all of them; those that come later are not even started.
    void stop();

    [[nodiscard]] std::uint64_t started() const noexcept { return started_; }

private:
    boost::asio::any_io_executor executor_;
    std::list<boost::asio::cancellation_signal> running_{};
    std::uint64_t started_ = 0;
    bool stopping_ = false;
};

} // namespace kernel_copy::example

#endif

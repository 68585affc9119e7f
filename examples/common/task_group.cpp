// Distributed under the Boost Software License, Version 1.0.
#include "task_group.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <exception>

namespace kernel_copy::example {

namespace asio = boost::asio;

void task_group::spawn(asio::awaitable<void> task)
{
    if (stopping_)
        return;
    ++started_;
    const auto signal = running_.emplace(running_.end());
    // The coroutine still refers to its signal while the handler runs, hence the post.
    const auto ended = [this, signal](const std::exception_ptr&) {
        asio::post(executor_, [this, signal] { running_.erase(signal); });
    };
    asio::co_spawn(executor_, std::move(task), asio::bind_cancellation_slot(signal->slot(), ended));
}

void task_group::stop()
{
    stopping_ = true;
    for (auto& signal : running_)
        signal.emit(asio::cancellation_type::terminal);
}

} // namespace kernel_copy::example

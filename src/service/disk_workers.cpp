// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/disk_queue.hpp>

namespace kernel_copy::inline v0 {

disk_workers::disk_workers(boost::asio::execution_context& context)
    : boost::asio::execution_context::service{context}, queue_{std::make_shared<detail::disk_queue>()}
{}

disk_workers::~disk_workers() = default;

void disk_workers::shutdown()
{
    queue_->shut_down();
}

void disk_workers::notify_fork(boost::asio::execution_context::fork_event event)
{
    queue_->notify_fork(event);
}

void disk_workers::set_limits(const limits& to) noexcept
{
    queue_->set_limits(to);
}

std::size_t disk_workers::threads() const noexcept
{
    return queue_->threads();
}

std::size_t disk_workers::waiting() const noexcept
{
    return queue_->waiting();
}

} // namespace kernel_copy::inline v0

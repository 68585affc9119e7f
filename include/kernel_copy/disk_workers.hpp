// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DISK_WORKERS_HPP
#define KERNEL_COPY_DISK_WORKERS_HPP

#include <kernel_copy/detail/config.hpp>

#include <boost/asio/execution_context.hpp>

#include <cstddef>
#include <memory>

namespace kernel_copy::inline v0 {

namespace detail {
class disk_queue;
}

/// The threads on which calls run that may wait for a disk, so that the threads of the context don't.
///
/// A service of an execution_context (`boost::asio::use_service<disk_workers>(context)`); operations make it themselves.
/// Threads are started one by one, when something is to be done, no thread is idle and the limit allows it. They then
/// stay until the context is destroyed. What is submitted first is begun first. If not a single thread can be started,
/// the thread that submits does the work itself.
///
/// Signals: none that is sent to the program is handled on these threads. SIGPIPE and SIGXFSZ that their calls raise
/// are never delivered. Only what the thread itself brings about by a fault (SIGSEGV, SIGBUS and the like) is not
/// blocked, so that the program's own handler of crashes sees it.
///
/// Destroying the context waits for what has begun, and drops what has not.
///
/// Fork: call `context.notify_fork` around fork(2), as for all of Asio. The threads end before it, and start again in
/// parent and child for what is still to be done. An executor of the program's own is the program's to keep still
/// meanwhile: what runs there at that moment goes on in the parent only.
///
/// Thread safety: distinct and shared objects are safe, but for a fork.
class KERNEL_COPY_DECL disk_workers : public boost::asio::execution_context::service
{
public:
    /// @cond
    using key_type = disk_workers;
    static inline boost::asio::execution_context::id id{};
    /// @endcond

    /// See set_limits().
    struct limits
    {
        std::size_t threads = 4; ///< at most; 0 counts as 1
    };

    /// For use_service. No thread is started yet.
    explicit disk_workers(boost::asio::execution_context& context);
    ~disk_workers() override;

    /// Holds from now on; threads beyond it end when they are done with what they have begun.
    void set_limits(const limits& to) noexcept;

    /// Threads that run, idle or not; 0 before the first need.
    [[nodiscard]] std::size_t threads() const noexcept;
    /// What no thread has begun, on executors of the program's own included.
    [[nodiscard]] std::size_t waiting() const noexcept;

    /// For the library's own operations.
    [[nodiscard]] const std::shared_ptr<detail::disk_queue>& queue() const noexcept { return queue_; }

private:
    void shutdown() override;
    void notify_fork(boost::asio::execution_context::fork_event event) override;

    std::shared_ptr<detail::disk_queue> queue_;
};

} // namespace kernel_copy::inline v0

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_DISK_JOB_HPP
#define KERNEL_COPY_DETAIL_DISK_JOB_HPP

#include <kernel_copy/detail/config.hpp>

#include <boost/asio/any_io_executor.hpp>

namespace kernel_copy::inline v0::detail {

class disk_queue;

/// Something that may wait for a disk. Queueing it allocates nothing. Owned by who submits it, who keeps it until one
/// of these two has been called; exactly one is, once for each time it is submitted.
class disk_job
{
public:
    /// On a worker. Hands its result back itself, as the last thing it does: it may have been submitted again, or be
    /// gone, before this returns. Signals are blocked on the queue's own threads; on a caller's executor, and where
    /// the thread that submits stands in, they are as that thread has them.
    virtual void work() noexcept = 0;
    /// Instead of work(), because the context is being destroyed, or has been, or the caller's executor was before it
    /// got round to it. On the thread that does so. It may be gone before this returns.
    virtual void drop() noexcept = 0;

protected:
    disk_job() = default;
    disk_job(const disk_job&) = default;
    disk_job& operator=(const disk_job&) = default;
    ~disk_job() = default;

private:
    friend class disk_queue;
    disk_job* previous_ = nullptr;
    disk_job* next_ = nullptr;
};

/// disk_queue::submit, for who knows no more of a queue.
KERNEL_COPY_DECL void submit(disk_queue& to, disk_job& job, const boost::asio::any_io_executor* on) noexcept;

} // namespace kernel_copy::inline v0::detail

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_DISK_QUEUE_HPP
#define KERNEL_COPY_DETAIL_DISK_QUEUE_HPP

#include <kernel_copy/detail/config.hpp>
#include <kernel_copy/detail/disk_job.hpp>
#include <kernel_copy/disk_workers.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>

#include <pthread.h>

namespace kernel_copy::inline v0::detail {

/// What disk_workers is made of. Shared with those who submit, who may outlive the context.
///
/// A job is in one of two lists, or somebody has taken it out and calls it; who takes it out does so under the lock.
/// In `own_` are those for the threads here. In `lent_` are those that a function object in the queue of a caller's
/// executor stands for. Only that object, or the shutdown, takes one of these out: after the shutdown the list stays
/// empty and the objects that are left do nothing.
class disk_queue : public std::enable_shared_from_this<disk_queue>
{
public:
    disk_queue() = default;
    disk_queue(const disk_queue&) = delete;
    disk_queue& operator=(const disk_queue&) = delete;
    ~disk_queue() { shut_down(); }

    /// On a thread of its own, or, if `on` is not null, wherever that executor runs it, but not inside this call. If
    /// the executor can't take it (it is empty, or throws), on a thread of its own as well.
    KERNEL_COPY_DECL void submit(disk_job& job, const boost::asio::any_io_executor* on) noexcept;

    void set_limits(const disk_workers::limits& to) noexcept;
    [[nodiscard]] std::size_t threads() const noexcept;
    [[nodiscard]] std::size_t waiting() const noexcept;
    /// No job begins any more. Those that have not are dropped, then those that have are waited for.
    void shut_down() noexcept;
    void notify_fork(boost::asio::execution_context::fork_event event) noexcept;

private:
    class errand;
    class offer;

    /// Linked through the jobs themselves.
    class job_list
    {
    public:
        void push_back(disk_job& job) noexcept;
        void erase(disk_job& job) noexcept;
        disk_job& pop_front() noexcept;
        [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
        [[nodiscard]] std::size_t size() const noexcept { return size_; }

    private:
        disk_job* first_ = nullptr;
        disk_job* last_ = nullptr;
        std::size_t size_ = 0;
    };

    using lock_type = std::unique_lock<std::mutex>;

    bool lend(disk_job& job, const boost::asio::any_io_executor& on) noexcept;
    bool list_lent(disk_job& job) noexcept;
    void finish_lent(disk_job& job, void (disk_job::*how)() noexcept) noexcept;
    void find_threads(lock_type& lock) noexcept;
    bool start_thread() noexcept;
    void serve() noexcept;
    void join_threads(lock_type& lock) noexcept;
    [[nodiscard]] bool surplus() const noexcept { return closed_ || forking_ || threads_ > most_threads_; }

    mutable std::mutex mutex_{};
    std::condition_variable to_do_{}; // for the threads
    std::condition_variable done_{};  // for who waits for an end
    job_list own_{};
    job_list lent_{};
    std::size_t most_threads_ = disk_workers::limits{}.threads;
    std::size_t threads_ = 0;
    std::size_t idle_ = 0;             // those that have been started and will look into the list before they sleep
    std::size_t lent_calls_ = 0;       // work() and drop() that run on callers' executors
    std::optional<pthread_t> ended_{}; // the last thread that has; it has joined the one before it
    bool standing_in_ = false;         // a thread that submits does the work, there being none of our own
    bool forking_ = false;
    bool closed_ = false;
};

} // namespace kernel_copy::inline v0::detail

#endif

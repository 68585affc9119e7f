// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/disk_queue.hpp>
#include <kernel_copy/detail/signal_guard.hpp>

#include <algorithm>
#include <utility>

namespace kernel_copy::inline v0::detail {

namespace {

constexpr const char* thread_name = "kernel_copy"; // 15 characters at most

} // namespace

void disk_queue::job_list::push_back(disk_job& job) noexcept
{
    job.previous_ = last_;
    job.next_ = nullptr;
    (last_ != nullptr ? last_->next_ : first_) = &job;
    last_ = &job;
    ++size_;
}

void disk_queue::job_list::erase(disk_job& job) noexcept
{
    (job.previous_ != nullptr ? job.previous_->next_ : first_) = job.next_;
    (job.next_ != nullptr ? job.next_->previous_ : last_) = job.previous_;
    --size_;
}

disk_job& disk_queue::job_list::pop_front() noexcept
{
    disk_job& job = *first_;
    erase(job);
    return job;
}

void submit(disk_queue& to, disk_job& job, const boost::asio::any_io_executor* on) noexcept
{
    to.submit(job, on);
}

void disk_queue::submit(disk_job& job, const boost::asio::any_io_executor* on) noexcept
{
    if (on != nullptr && *on && lend(job, *on))
        return;
    lock_type lock{mutex_};
    if (closed_)
    {
        lock.unlock();
        return job.drop();
    }
    own_.push_back(job);
    to_do_.notify_one();
    find_threads(lock);
}

// A thread that has been started counts as idle until it takes a job, so jobs beyond the idle ones need one more.
void disk_queue::find_threads(lock_type& lock) noexcept
{
    if (surplus())
        return;
    while (own_.size() > idle_ && threads_ < most_threads_ && start_thread())
    {}
    if (threads_ != 0 || standing_in_)
        return;
    // With a thread that runs, jobs wait for it. Without any, this one is as good; a job that is submitted by one that
    // it runs waits as well, so that they don't run inside each other.
    standing_in_ = true;
    while (threads_ == 0 && !surplus() && !own_.empty())
    {
        disk_job& job = own_.pop_front();
        lock.unlock();
        job.work();
        lock.lock();
    }
    standing_in_ = false;
    done_.notify_all();
}

// Under the lock, so that the thread finds the counters right.
bool disk_queue::start_thread() noexcept
{
    const signals_blocked blocked;
    if (!blocked)
        return false;
    pthread_t thread{};
    const auto start = [](void* queue) -> void* {
        static_cast<disk_queue*>(queue)->serve();
        return nullptr;
    };
    const bool started = ::pthread_create(&thread, nullptr, start, this) == 0;
    threads_ += started ? 1u : 0u;
    idle_ += started ? 1u : 0u;
    return started;
}

void disk_queue::serve() noexcept
{
    ::pthread_setname_np(::pthread_self(), thread_name);
    lock_type lock{mutex_};
    for (;;)
    {
        to_do_.wait(lock, [this] { return surplus() || !own_.empty(); });
        if (surplus())
            break;
        --idle_;
        disk_job& job = own_.pop_front();
        lock.unlock();
        job.work();
        lock.lock();
        ++idle_;
    }
    --idle_;
    --threads_;
    const std::optional<pthread_t> before = std::exchange(ended_, ::pthread_self());
    done_.notify_all();
    lock.unlock();
    if (before)
        ::pthread_join(*before, nullptr);
}

void disk_queue::join_threads(lock_type& lock) noexcept
{
    done_.wait(lock, [this] { return threads_ == 0 && !standing_in_; });
    if (const auto last = std::exchange(ended_, std::nullopt))
    {
        lock.unlock();
        ::pthread_join(*last, nullptr);
        lock.lock();
    }
}

void disk_queue::set_limits(const disk_workers::limits& to) noexcept
{
    lock_type lock{mutex_};
    most_threads_ = std::max<std::size_t>(to.threads, 1);
    to_do_.notify_all();
    find_threads(lock);
}

std::size_t disk_queue::threads() const noexcept
{
    const lock_type lock{mutex_};
    return threads_;
}

std::size_t disk_queue::waiting() const noexcept
{
    const lock_type lock{mutex_};
    return own_.size() + lent_.size();
}

void disk_queue::shut_down() noexcept
{
    lock_type lock{mutex_};
    closed_ = true;
    to_do_.notify_all();
    job_list own = std::exchange(own_, {});
    job_list lent = std::exchange(lent_, {});
    lock.unlock();
    while (!own.empty())
        own.pop_front().drop();
    while (!lent.empty())
        lent.pop_front().drop();
    lock.lock();
    join_threads(lock);
    done_.wait(lock, [this] { return lent_calls_ == 0; });
}

void disk_queue::notify_fork(boost::asio::execution_context::fork_event event) noexcept
{
    lock_type lock{mutex_};
    if (event == boost::asio::execution_context::fork_prepare)
    {
        forking_ = true;
        to_do_.notify_all();
        return join_threads(lock);
    }
    forking_ = false;
    if (event == boost::asio::execution_context::fork_child)
        lent_calls_ = 0; // their threads are the parent's
    find_threads(lock);
}

} // namespace kernel_copy::inline v0::detail

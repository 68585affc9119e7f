// Distributed under the Boost Software License, Version 1.0.
//
// Jobs on executors of the callers' own.
#include <kernel_copy/detail/disk_queue.hpp>

#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/require.hpp>
#include <boost/core/no_exceptions_support.hpp>

#include <utility>

namespace kernel_copy::inline v0::detail {

/// While this thread hands a job to an executor: an errand for it that is destroyed meanwhile leaves the job to who
/// hands it over, who alone knows whether the executor threw.
class disk_queue::offer
{
public:
    explicit offer(const disk_job& job) noexcept : job_{&job}, outer_{std::exchange(current(), this)} {}
    offer(const offer&) = delete;
    offer& operator=(const offer&) = delete;
    ~offer() { current() = outer_; }

    static bool refuse(const disk_job& job) noexcept
    {
        offer* const made = current();
        if (made == nullptr || made->job_ != &job)
            return false;
        return made->refused_ = true;
    }
    [[nodiscard]] bool refused() const noexcept { return refused_; }

private:
    static offer*& current() noexcept
    {
        thread_local offer* here = nullptr;
        return here;
    }

    const disk_job* job_;
    offer* outer_;
    bool refused_ = false;
};

/// What an executor gets: it stands for one job in lent_, which it works when it is called and drops when it is not.
class disk_queue::errand
{
public:
    errand(std::shared_ptr<disk_queue> queue, disk_job& job) noexcept : queue_{std::move(queue)}, job_{&job} {}
    errand(errand&& other) noexcept : queue_{std::move(other.queue_)}, job_{std::exchange(other.job_, nullptr)} {}
    errand& operator=(errand&&) = delete;
    ~errand()
    {
        if (job_ != nullptr && !offer::refuse(*job_))
            queue_->finish_lent(*job_, &disk_job::drop);
    }

    void operator()() noexcept
    {
        const auto queue = std::move(queue_);
        queue->finish_lent(*std::exchange(job_, nullptr), &disk_job::work);
    }

private:
    std::shared_ptr<disk_queue> queue_;
    disk_job* job_;
};

bool disk_queue::list_lent(disk_job& job) noexcept
{
    const lock_type lock{mutex_};
    if (!closed_)
        lent_.push_back(job);
    return !closed_;
}

void disk_queue::finish_lent(disk_job& job, void (disk_job::*how)() noexcept) noexcept
{
    lock_type lock{mutex_};
    if (closed_) // it has been dropped, and may be gone
        return;
    lent_.erase(job);
    ++lent_calls_;
    lock.unlock();
    (job.*how)();
    lock.lock();
    --lent_calls_;
    done_.notify_all();
}

// False if the job is still the caller's to place.
bool disk_queue::lend(disk_job& job, const boost::asio::any_io_executor& on) noexcept
{
    const auto self = weak_from_this().lock(); // the job's own reference may go with it
    const offer made{job};
    bool listed = false;
    bool accepted = false;
    BOOST_TRY
    {
        // A copy: once the job is listed it may be dropped, and what holds its executor with it.
        const auto target = boost::asio::require(on, boost::asio::execution::blocking.never);
        errand function{self, job};
        listed = list_lent(job);
        if (listed)
            target.execute(std::move(function));
        accepted = true;
    }
    BOOST_CATCH(...) {}
    BOOST_CATCH_END
    if (!listed)
        return false;
    if (!made.refused())
        return true;
    if (accepted)
    {
        finish_lent(job, &disk_job::drop);
        return true;
    }
    const lock_type lock{mutex_};
    if (closed_)
        return true;
    lent_.erase(job);
    return false;
}

} // namespace kernel_copy::inline v0::detail

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_HELD_KERNEL_HPP
#define KERNEL_COPY_TEST_SUPPORT_HELD_KERNEL_HPP

#include "disk_jobs.hpp"

#include <kernel_copy/detail/kernel.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <limits>
#include <map>
#include <mutex>
#include <set>
#include <string_view>
#include <thread>
#include <vector>

namespace test {

using kernel_copy::detail::call_result;

/// The system's kernel, with a gate before each transfer that a worker makes: a step. In place while it lives. A step
/// waits no longer than the bound of the tests, and takes no memory. By its clock each lasts long enough for the worker
/// to go back after it.
class held_kernel : public kernel_copy::detail::kernel
{
public:
    static constexpr std::size_t all = std::numeric_limits<std::size_t>::max();

    /// The first `passes` steps do not wait.
    explicit held_kernel(std::size_t passes = 0) : passes_{passes} { workers_.reserve(64); }

    /// This thread, like the one that made this, runs the context: its transfers are no steps.
    void join_loop()
    {
        const std::lock_guard lock{mutex_};
        loops_.insert(std::this_thread::get_id());
    }

    /// Waits until so many steps have come to the gate since the beginning.
    [[nodiscard]] bool come(std::size_t steps) const
    {
        std::unique_lock lock{mutex_};
        return changed_.wait_for(lock, disk_patience, [&] { return come_ >= steps; });
    }
    void let_pass(std::size_t more)
    {
        const std::lock_guard lock{mutex_};
        passes_ = more == all ? all : passes_ + more;
        changed_.notify_all();
    }
    void open() { let_pass(all); }
    /// From now on steps are as short as they are: a worker goes on from one to the next.
    void show_true_time() { step_lasts_ = 0; }
    /// From now on a step moves no more than so much.
    void cut_steps_to(std::uint64_t length)
    {
        const std::lock_guard lock{mutex_};
        longest_ = length;
    }

    [[nodiscard]] std::size_t steps() const
    {
        const std::lock_guard lock{mutex_};
        return come_;
    }
    /// Steps of one call, by its name.
    [[nodiscard]] std::size_t steps(std::string_view call) const
    {
        const std::lock_guard lock{mutex_};
        return by_call_.at(call);
    }
    /// The threads that have made steps.
    [[nodiscard]] std::set<std::thread::id> workers() const
    {
        const std::lock_guard lock{mutex_};
        return {workers_.begin(), workers_.end()};
    }

    std::uint64_t now() override { return kernel::now() + lasted_; }
    call_result copy_file_range(int source, const std::uint64_t* at, int sink, std::uint64_t length) override
    {
        return kernel::copy_file_range(source, at, sink, pass("copy_file_range", length));
    }
    call_result sendfile(int source, const std::uint64_t* at, int sink, std::uint64_t length) override
    {
        return kernel::sendfile(source, at, sink, pass("sendfile", length));
    }
    call_result splice(int source, const std::uint64_t* at, int sink, std::uint64_t length) override
    {
        return kernel::splice(source, at, sink, pass("splice", length));
    }
    call_result read(int source, const std::uint64_t* at, void* to, std::uint64_t length) override
    {
        return kernel::read(source, at, to, pass("read", length));
    }
    call_result write(int sink, const void* from, std::uint64_t length) override
    {
        return kernel::write(sink, from, pass("write", length));
    }

private:
    std::uint64_t pass(const char* call, std::uint64_t length)
    {
        std::unique_lock lock{mutex_};
        const auto self = std::this_thread::get_id();
        if (loops_.contains(self))
            return length;
        if (std::ranges::find(workers_, self) == workers_.end())
            workers_.push_back(self);
        ++by_call_.at(call);
        const std::size_t index = come_++;
        changed_.notify_all();
        changed_.wait_for(lock, disk_patience, [&] { return index < passes_; });
        lasted_ += step_lasts_;
        return std::min(length, longest_);
    }

    mutable std::mutex mutex_{};
    mutable std::condition_variable changed_{};
    std::set<std::thread::id> loops_{std::this_thread::get_id()};
    std::vector<std::thread::id> workers_{};
    std::map<std::string_view, std::size_t> by_call_{
        {"copy_file_range", 0}, {"sendfile", 0}, {"splice", 0}, {"read", 0}, {"write", 0}};
    std::uint64_t longest_ = std::numeric_limits<std::uint64_t>::max();
    std::atomic<std::uint64_t> lasted_{0};
    std::atomic<std::uint64_t> step_lasts_{10'000'000};
    std::size_t come_ = 0;
    std::size_t passes_;
    kernel_copy::detail::kernel_replacement replaced_{*this};
};

} // namespace test

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_WAITING_READS_HPP
#define KERNEL_COPY_TEST_SUPPORT_WAITING_READS_HPP

#include "slow_file.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <sys/socket.h>

// What reads wait for in fuse_server.

namespace test {

inline constexpr std::chrono::seconds gate_patience{10};

inline void tell(int control, gated_read what)
{
    ::send(control, &what, sizeof what, MSG_NOSIGNAL);
}

/// Where reads wait until the test lets them pass.
class gate
{
public:
    /// The socket to tell of the reads that have come.
    explicit gate(int control) : control_{control} {}

    /// False: nobody opened it.
    bool pass(gated_read what)
    {
        std::unique_lock lock{mutex_};
        tell(control_, what);
        if (!changed_.wait_for(lock, gate_patience, [this] { return passes_ != 0; }))
            return false;
        if (passes_ != never)
            --passes_;
        return true;
    }
    void let_pass(std::uint64_t reads)
    {
        const std::lock_guard lock{mutex_};
        passes_ = std::max(passes_, reads) == never ? never : passes_ + reads;
        changed_.notify_all();
    }

private:
    int control_;
    std::mutex mutex_{};
    std::condition_variable changed_{};
    std::uint64_t passes_ = 0;
};

/// The time that reads take.
class arm
{
public:
    explicit arm(slow_disk disk) : disk_{disk} {}
    void move(std::uint64_t bytes)
    {
        const auto pieces = static_cast<int>((bytes + bytes_per_delay - 1) / bytes_per_delay);
        const std::chrono::steady_clock::duration cost = disk_.delay * pieces;
        std::this_thread::sleep_until(disk_.one_arm ? reserve(cost) : std::chrono::steady_clock::now() + cost);
    }

private:
    std::chrono::steady_clock::time_point reserve(std::chrono::steady_clock::duration cost)
    {
        const std::lock_guard lock{mutex_};
        return free_at_ = std::max(free_at_, std::chrono::steady_clock::now()) + cost;
    }

    slow_disk disk_;
    std::mutex mutex_{};
    std::chrono::steady_clock::time_point free_at_{};
};

} // namespace test

#endif

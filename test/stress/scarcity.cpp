// Distributed under the Boost Software License, Version 1.0.
#include "scarcity.hpp"

#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace soak {

namespace {

/// Either no new descriptor is allowed, or all that are allowed are taken: then each that is closed is soon used again.
class shortage
{
public:
    explicit shortage(draw& d)
    {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        const bool takes_all = d.one_in(2);
        const rlimit low{takes_all ? highest() + 1 : 3, before_.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &low);
        for (int fd = takes_all ? ::open("/dev/null", O_RDONLY | O_CLOEXEC) : -1; fd != -1;
             fd = ::fcntl(fd, F_DUPFD_CLOEXEC, 0))
            taken_.push_back(fd);
    }
    shortage(const shortage&) = delete;
    shortage& operator=(const shortage&) = delete;
    ~shortage()
    {
        for (const int fd : taken_)
            ::close(fd);
        ::setrlimit(RLIMIT_NOFILE, &before_);
    }

private:
    /// The next descriptor tells it nearly.
    static rlim_t highest()
    {
        const int fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
        ::close(fd);
        return fd == -1 ? 3 : static_cast<rlim_t>(fd) + 16;
    }

    rlimit before_{};
    std::vector<int> taken_{};
};

} // namespace

void scarcity::start(std::uint64_t seed)
{
    over_ = false;
    thread_ = std::thread{[this, seed] { run(draw{seed}); }};
}

void scarcity::stop()
{
    {
        const std::lock_guard lock{mutex_};
        over_ = true;
    }
    ends_.notify_all();
    if (thread_.joinable())
        thread_.join();
}

void scarcity::run(draw d)
{
    bool goes_on = pause(d.between(100, 1500));
    while (goes_on)
    {
        changes_ += 1;
        {
            const shortage none{d};
            goes_on = pause(d.any_size(1, 150));
        }
        changes_ += 1;
        goes_on = goes_on && pause(d.between(200, 2000));
    }
}

bool scarcity::pause(std::uint64_t milliseconds)
{
    std::unique_lock lock{mutex_};
    return !ends_.wait_for(lock, std::chrono::milliseconds{milliseconds}, [this] { return over_; });
}

} // namespace soak

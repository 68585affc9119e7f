// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_SCARCITY_HPP
#define KERNEL_COPY_TEST_SUPPORT_SCARCITY_HPP

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace test {

/// While it lives no more than so many descriptors can be had.
class scarcity
{
public:
    explicit scarcity(std::size_t spare)
    {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        const rlimit low{std::min<rlim_t>(before_.rlim_cur, 256), before_.rlim_max};
        BOOST_REQUIRE(::setrlimit(RLIMIT_NOFILE, &low) == 0);
        for (int fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC); fd != -1; fd = ::fcntl(fd, F_DUPFD_CLOEXEC, 0))
            taken_.push_back(fd);
        BOOST_REQUIRE(taken_.size() >= spare);
        for (; spare != 0; --spare)
            give_back();
    }
    scarcity(const scarcity&) = delete;
    scarcity& operator=(const scarcity&) = delete;
    ~scarcity()
    {
        while (!taken_.empty())
            give_back();
        ::setrlimit(RLIMIT_NOFILE, &before_);
    }

private:
    void give_back()
    {
        ::close(taken_.back());
        taken_.pop_back();
    }

    rlimit before_{};
    std::vector<int> taken_{};
};

} // namespace test

#endif

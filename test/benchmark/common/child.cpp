// Distributed under the Boost Software License, Version 1.0.
#include "child.hpp"

#include <algorithm>
#include <csignal>
#include <utility>

#include <fcntl.h>
#include <sys/wait.h>

namespace benchmark {

descriptor_pair open_pipe()
{
    int pipe[2];
    check(::pipe2(pipe, O_CLOEXEC), "pipe2");
    return {pipe[0], pipe[1]};
}

child::child(child&& other) noexcept
    : report_{std::exchange(other.report_, -1)}, process_{std::exchange(other.process_, -1)}, finished_{other.finished_}
{}

child::~child()
{
    if (report_ != -1)
        ::close(report_);
    if (process_ == -1)
        return;
    if (!finished_)
        ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
}

void child::keep_only(std::vector<int> descriptors, int report)
{
    constexpr unsigned longest_run_seconds = 300;
    ::alarm(longest_run_seconds);
    descriptors.push_back(report);
    std::sort(descriptors.begin(), descriptors.end());
    unsigned first = STDERR_FILENO + 1;
    for (const int kept : descriptors)
    {
        const auto next = static_cast<unsigned>(kept);
        if (next > first)
            check(::close_range(first, next - 1, 0), "close_range");
        first = next + 1;
    }
    check(::close_range(first, ~0u, 0), "close_range");
}

} // namespace benchmark

// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/pipe.hpp>

#include <atomic>
#include <cerrno>

namespace kernel_copy::detail {

namespace {

// The pipes of an unprivileged user share 64 MiB (pipe-user-pages-soft, pipe(7)); when they are used up, even
// a new pipe gets two pages, which is worse than no pipe. So a process grows its pipes by half of that.
constexpr std::size_t most_growth = 32 * 1024 * 1024;
std::atomic<std::size_t> growth{0};

} // namespace

pipe::~pipe()
{
    growth -= grown_to_;
    for (const int end : ends_)
        if (end != -1)
            kernel_.close(end);
}

call_result pipe::resize(std::size_t capacity)
{
    if (capacity > most_growth)
        return {.bytes = 0, .error = EPERM};
    call_result resized{.bytes = 0, .error = EPERM};
    if (growth.fetch_add(capacity) <= most_growth - capacity)
        resized = kernel_.resize_pipe(write_end(), capacity);
    if (resized.error == 0)
        grown_to_ = capacity;
    else
        growth -= capacity;
    return resized;
}

} // namespace kernel_copy::detail

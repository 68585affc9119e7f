// Distributed under the Boost Software License, Version 1.0.
#include "../posix/retry.hpp"

#include <cstdio>

#include <fcntl.h>
#include <unistd.h>

namespace kernel_copy::inline v0::detail {

// Not with the numbers of standard input, output and error either: what the program prints would be in the copy.
call_result kernel::open_pipe(int (&ends)[2])
{
    call_result made = retry([&] { return ::pipe2(ends, O_CLOEXEC | O_NONBLOCK); });
    for (int& end : ends)
        if (made.error == 0 && end <= STDERR_FILENO)
        {
            made = duplicate(end);
            close(end);
            end = static_cast<int>(made.bytes);
            if (made.error != 0)
                close(&end == &ends[0] ? ends[1] : ends[0]);
        }
    return {.bytes = 0, .error = made.error};
}

call_result kernel::pipe_capacity(int end)
{
    return retry([=] { return ::fcntl(end, F_GETPIPE_SZ); });
}

call_result kernel::resize_pipe(int end, std::size_t capacity)
{
    return retry([=] { return ::fcntl(end, F_SETPIPE_SZ, static_cast<int>(capacity)); });
}

call_result kernel::reopen(int descriptor)
{
    char name[32];
    std::snprintf(name, sizeof name, "/proc/self/fd/%d", descriptor);
    return retry([&] { return ::open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); });
}

} // namespace kernel_copy::inline v0::detail

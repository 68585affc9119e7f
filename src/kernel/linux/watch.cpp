// Distributed under the Boost Software License, Version 1.0.
#include "../posix/retry.hpp"

#include <sys/epoll.h>

namespace kernel_copy::inline v0::detail {

// An epoll descriptor that is readable when `descriptor` is ready. Unlike a duplicate it does not keep the
// other end of a pipe from seeing the pipe closed.
call_result kernel::open_watch(int descriptor, bool& for_writing)
{
    const call_result watch = retry([] { return ::epoll_create1(EPOLL_CLOEXEC); });
    if (watch.error != 0)
        return watch;
    const int fd = static_cast<int>(watch.bytes);
    epoll_event interest = {};
    interest.events = for_writing ? EPOLLOUT : EPOLLIN;
    const call_result added = retry([&] { return ::epoll_ctl(fd, EPOLL_CTL_ADD, descriptor, &interest); });
    if (added.error == 0)
    {
        for_writing = false;
        return watch;
    }
    close(fd);
    return added;
}

} // namespace kernel_copy::inline v0::detail

// Distributed under the Boost Software License, Version 1.0.
#include "retry.hpp"

#include <kernel_copy/detail/action.hpp>

#include <ctime>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kernel_copy::inline v0::detail {

namespace {

end_kind kind_of(mode_t mode) noexcept
{
    switch (mode & S_IFMT)
    {
    case S_IFREG:
        return end_kind::regular_file;
    case S_IFBLK:
        return end_kind::block_device;
    case S_IFSOCK:
        return end_kind::stream_socket;
    case S_IFIFO:
        return end_kind::pipe;
    default:
        return end_kind::other;
    }
}

} // namespace

call_result kernel::status(int descriptor, file_status& to)
{
    struct stat st = {};
    const call_result result = retry([&] { return ::fstat(descriptor, &st); });
    if (result.error == 0)
        to = {.kind = kind_of(st.st_mode),
              .is_directory = S_ISDIR(st.st_mode),
              .size = static_cast<std::uint64_t>(st.st_size),
              .allocated = static_cast<std::uint64_t>(st.st_blocks) * 512,
              .device = st.st_dev,
              .inode = st.st_ino};
    return result;
}

call_result kernel::access(int descriptor, file_access& to)
{
    const call_result flags = retry([=] { return ::fcntl(descriptor, F_GETFL); });
    const int mode = static_cast<int>(flags.bytes) & O_ACCMODE;
    if (flags.error == 0)
        to = {.readable = mode != O_WRONLY, .writable = mode != O_RDONLY, .appends = (flags.bytes & O_APPEND) != 0};
    return flags;
}

call_result kernel::position(int descriptor)
{
    return retry([=] { return ::lseek(descriptor, 0, SEEK_CUR); });
}

// An end that has failed or hung up counts as ready: a call tells what is wrong.
call_result kernel::ready(int source, int sink)
{
    pollfd ends[2] = {{.fd = source, .events = POLLIN, .revents = 0}, {.fd = sink, .events = POLLOUT, .revents = 0}};
    call_result result = retry([&] { return ::poll(ends, 2, 0); });
    result.bytes = (ends[0].revents != 0 ? source_ready : 0) | (ends[1].revents != 0 ? sink_ready : 0);
    return result;
}

// Whether a socket has a byte; it stays where it is.
call_result kernel::look(int source)
{
    return retry([=] {
        char byte = 0;
        return ::recv(source, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    });
}

// Not one of the numbers of standard input, output and error, which a daemon may have closed.
call_result kernel::duplicate(int descriptor)
{
    return retry([=] { return ::fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1); });
}

void kernel::close(int descriptor) noexcept
{
    ::close(descriptor);
}

call_result kernel::shutdown_send(int sink)
{
    return retry([=] { return ::shutdown(sink, SHUT_WR); });
}

std::uint64_t kernel::now()
{
    timespec time = {};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(time.tv_nsec) + 1;
}

call_result kernel::set_non_blocking(int descriptor)
{
    const call_result flags = retry([=] { return ::fcntl(descriptor, F_GETFL); });
    if (flags.error != 0 || (flags.bytes & O_NONBLOCK) != 0)
        return flags;
    return retry([&] { return ::fcntl(descriptor, F_SETFL, static_cast<int>(flags.bytes) | O_NONBLOCK); });
}

} // namespace kernel_copy::inline v0::detail

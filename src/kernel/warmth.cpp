// Distributed under the Boost Software License, Version 1.0.
#include "retry.hpp"

#include <algorithm>

#include <linux/magic.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace kernel_copy::detail {

namespace {

// cachestat(2), Linux 6.5; what older headers do not know.
constexpr long cachestat_number = 451; // the same on all architectures but alpha
constexpr std::uint64_t page_size = 4096;

struct cachestat_range
{
    std::uint64_t offset;
    std::uint64_t length;
};

struct cachestat_result
{
    std::uint64_t cached = 0;
    std::uint64_t dirty = 0;
    std::uint64_t in_writeback = 0;
    std::uint64_t evicted = 0;
    std::uint64_t recently_evicted = 0;
};

call_result read_without_waiting(int source, const std::uint64_t* at, void* to, std::uint64_t length)
{
    return retry([=] {
        iovec buffer{.iov_base = to, .iov_len = length};
        return ::preadv2(source, &buffer, 1, at != nullptr ? static_cast<off_t>(*at) : -1, RWF_NOWAIT);
    });
}

// No disk is behind it; and RWF_NOWAIT is not for all of these.
bool is_in_memory(int file)
{
    struct statfs system = {};
    return ::fstatfs(file, &system) == 0 && (system.f_type == TMPFS_MAGIC || system.f_type == RAMFS_MAGIC);
}

bool is_ready(int source, std::uint64_t at)
{
    char byte = 0;
    const call_result found = read_without_waiting(source, &at, &byte, 1);
    return found.bytes == 1 || (found.error == EOPNOTSUPP && is_in_memory(source));
}

} // namespace

// The pages that are there may still be on their way from the disk, which only a read can tell; the last of them comes
// last. Without cachestat, which is not for every file of every user, that has to do, and is believed only as far as
// the kernel reads ahead.
call_result kernel::warm(int source, std::uint64_t offset, std::uint64_t length)
{
    const std::uint64_t last = offset + length - 1;
    cachestat_range range{.offset = offset, .length = length};
    cachestat_result seen{};
    if (::syscall(cachestat_number, source, &range, &seen, 0) == 0)
    {
        const std::uint64_t pages = last / page_size - offset / page_size + 1;
        return {.bytes = seen.cached >= pages && is_ready(source, last) ? length : 0};
    }
    const std::uint64_t believed = std::min<std::uint64_t>(length, 128 * 1024);
    return {.bytes = is_ready(source, offset) && is_ready(source, offset + believed - 1) ? believed : 0};
}

call_result kernel::read_if_ready(int source, const std::uint64_t* at, void* to, std::uint64_t length)
{
    const call_result result = read_without_waiting(source, at, to, length);
    if (result.error != EOPNOTSUPP && result.error != ENOSYS)
        return result;
    return is_in_memory(source) ? read(source, at, to, length) : call_result{.bytes = 0, .error = EAGAIN};
}

} // namespace kernel_copy::detail

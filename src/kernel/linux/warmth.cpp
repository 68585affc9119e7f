// Distributed under the Boost Software License, Version 1.0.
#include "../posix/retry.hpp"
#include "file_system.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

namespace kernel_copy::inline v0::detail {

namespace {

// cachestat(2), Linux 6.5; what older headers do not know.
constexpr long cachestat_number = 451; // the same on all architectures but alpha
constexpr std::uint64_t unknown = ~std::uint64_t{0};
constexpr std::uint64_t most_asked = 1024 * 1024; ///< of mincore at once

std::uint64_t page_size() noexcept
{
    static const auto size = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    return size;
}

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
        iovec buffer{.iov_base = to, .iov_len = static_cast<std::size_t>(length)};
        return ::preadv2(source, &buffer, 1, at != nullptr ? static_cast<off_t>(*at) : -1, RWF_NOWAIT);
    });
}

// No disk is behind it; and RWF_NOWAIT is not for all of these. What only they have is asked for: statfs(2) would ask a
// server, where there is one.
bool is_in_memory(int file)
{
    return ::fcntl(file, F_GET_SEALS) >= 0;
}

// Are the pages there, and no longer on their way? For a file system that can't say so to a read (FUSE; to map a file of
// others may ask their servers). Only of who may be told by cachestat: mincore(2) says yes to all others.
bool is_resident(int file, std::uint64_t offset, std::uint64_t length)
{
    const std::uint64_t begin = offset / page_size() * page_size();
    const auto bytes = static_cast<std::size_t>(std::min(offset + length - begin, most_asked));
    void* const mapped = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, file, static_cast<off_t>(begin));
    if (mapped == MAP_FAILED)
        return false;
    std::array<unsigned char, most_asked / 4096> pages{};
    const bool known = ::mincore(mapped, bytes, pages.data()) == 0;
    ::munmap(mapped, bytes);
    const auto end = pages.begin() + static_cast<std::ptrdiff_t>((bytes + page_size() - 1) / page_size());
    return known && std::all_of(pages.begin(), end, [](unsigned char page) { return (page & 1) != 0; });
}

std::uint64_t pages_in_cache(int file, std::uint64_t offset, std::uint64_t length)
{
    cachestat_range range{.offset = offset, .length = length};
    cachestat_result seen{};
    return ::syscall(cachestat_number, file, &range, &seen, 0) == 0 ? seen.cached : unknown;
}

int read_a_byte(int file, std::uint64_t at)
{
    char byte = 0;
    const call_result found = read_without_waiting(file, &at, &byte, 1);
    return found.error == 0 && found.bytes == 0 ? EAGAIN : found.error; // 0 may come before the end
}

} // namespace

// The pages that are there may still be on their way from the disk, which only a read can tell; the last of them comes
// last. Without cachestat, which is not for every file of every user, that has to do, and is believed only as far as
// the kernel reads ahead.
call_result kernel::warm(int source, std::uint64_t offset, std::uint64_t length)
{
    const std::uint64_t last = offset + length - 1;
    const std::uint64_t cached = pages_in_cache(source, offset, length);
    if (cached < last / page_size() - offset / page_size() + 1)
        return {};
    if (cached != unknown)
    {
        const int error = read_a_byte(source, last);
        if (error != EOPNOTSUPP)
            return {.bytes = error == 0 ? length : 0};
        const std::uint64_t asked = std::min(length, most_asked - page_size());
        return {.bytes = is_in_memory(source)                                       ? length
                         : is_on_fuse(source) && is_resident(source, offset, asked) ? asked
                                                                                    : 0};
    }
    const std::uint64_t believed = std::min<std::uint64_t>(length, 128 * 1024);
    const int error = read_a_byte(source, offset);
    if (error == EOPNOTSUPP && is_in_memory(source))
        return {.bytes = length};
    return {.bytes = error == 0 && read_a_byte(source, offset + believed - 1) == 0 ? believed : 0};
}

call_result kernel::read_if_ready(int source, const std::uint64_t* at, void* to, std::uint64_t length)
{
    const call_result result = read_without_waiting(source, at, to, length);
    if (result.error != EOPNOTSUPP && result.error != ENOSYS && result.error != EPERM) // a filter says the last two
        return result;
    const std::uint64_t offset = at != nullptr ? *at : position(source).bytes;
    const std::uint64_t ready = warm(source, offset, length).bytes;
    return ready != 0 ? read(source, at, to, std::min(ready, length)) : call_result{.bytes = 0, .error = EAGAIN};
}

} // namespace kernel_copy::inline v0::detail

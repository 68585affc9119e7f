// Distributed under the Boost Software License, Version 1.0.
#include "../posix/retry.hpp"

#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace kernel_copy::inline v0::detail {

call_result kernel::find_data(int file, std::uint64_t offset)
{
    return retry([=] { return ::lseek(file, static_cast<off_t>(offset), SEEK_DATA); });
}

call_result kernel::find_hole(int file, std::uint64_t offset)
{
    return retry([=] { return ::lseek(file, static_cast<off_t>(offset), SEEK_HOLE); });
}

call_result kernel::clone(int source, std::uint64_t from, int sink, std::uint64_t to, std::uint64_t length)
{
    file_clone_range range{.src_fd = source, .src_offset = from, .src_length = length, .dest_offset = to};
    call_result result = retry([&] { return ::ioctl(sink, FICLONERANGE, &range); });
    if (result.error == 0)
        result.bytes = length;
    return result;
}

call_result kernel::punch(int sink, std::uint64_t offset, std::uint64_t length)
{
    return retry([=] {
        return ::fallocate(sink, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(offset),
                           static_cast<off_t>(length));
    });
}

// By its last byte, which gets a block. ftruncate(2) would need none, but it would cut off what another has written
// behind that since the size was asked for.
call_result kernel::extend(int sink, std::uint64_t size)
{
    return retry([=] { return ::fallocate(sink, 0, static_cast<off_t>(size) - 1, 1); });
}

} // namespace kernel_copy::inline v0::detail

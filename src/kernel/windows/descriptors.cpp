// Distributed under the Boost Software License, Version 1.0.
#include "results.hpp"

#include <kernel_copy/detail/action.hpp>

#include <chrono>

#include <sys/stat.h>

/// The descriptors here are those of the C library, and only files have them.
namespace kernel_copy::inline v0::detail {

call_result kernel::status(int descriptor, file_status& to)
{
    struct _stat64 found = {};
    BY_HANDLE_FILE_INFORMATION identity = {};
    const call_result result = result_of(::_fstat64(descriptor, &found));
    if (result.error == 0 && ::GetFileInformationByHandle(handle_of(descriptor), &identity) == 0)
        return last_error();
    const auto size = static_cast<std::uint64_t>(found.st_size);
    if (result.error == 0)
        to = {.kind = (found.st_mode & _S_IFMT) == _S_IFREG ? end_kind::regular_file : end_kind::other,
              .is_directory = (found.st_mode & _S_IFMT) == _S_IFDIR,
              .size = size,
              .allocated = size,
              .device = identity.dwVolumeSerialNumber,
              .inode = std::uint64_t{identity.nFileIndexHigh} << 32 | identity.nFileIndexLow};
    return result;
}

// The C library does not tell what a descriptor was opened for: the first call that it was not opened for does.
call_result kernel::access(int, file_access&)
{
    return {.bytes = 0, .error = ENOSYS};
}

call_result kernel::position(int descriptor)
{
    return result_of(::_lseeki64(descriptor, 0, SEEK_CUR));
}

call_result kernel::ready(int, int)
{
    return {.bytes = source_ready | sink_ready, .error = 0};
}

call_result kernel::look(int)
{
    return {.bytes = 0, .error = ENOTSOCK};
}

call_result kernel::duplicate(int descriptor)
{
    return result_of(::_dup(descriptor));
}

void kernel::close(int descriptor) noexcept
{
    ::_close(descriptor);
}

call_result kernel::shutdown_send(int)
{
    return {.bytes = 0, .error = ENOTSOCK};
}

std::uint64_t kernel::now()
{
    const auto since = std::chrono::steady_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(std::chrono::nanoseconds{since}.count()) + 1;
}

call_result kernel::set_non_blocking(int)
{
    return {};
}

} // namespace kernel_copy::inline v0::detail

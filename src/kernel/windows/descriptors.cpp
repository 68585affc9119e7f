// Distributed under the Boost Software License, Version 1.0.
#include "results.hpp"

#include <kernel_copy/detail/action.hpp>

#include <chrono>

#include <fcntl.h>
#include <winternl.h>

/// The descriptors here are those of the C library. Asio gives out none, so they are files; if not, calls may block.
namespace kernel_copy::inline v0::detail {

call_result kernel::status(int descriptor, file_status& to)
{
    if (!is_on_disk(descriptor))
    {
        to = {.kind = end_kind::other};
        return ::GetFileType(handle_of(descriptor)) == FILE_TYPE_UNKNOWN ? last_error() : call_result{};
    }
    BY_HANDLE_FILE_INFORMATION found = {};
    if (::GetFileInformationByHandle(handle_of(descriptor), &found) == 0)
        return last_error();
    const std::uint64_t size = std::uint64_t{found.nFileSizeHigh} << 32 | found.nFileSizeLow;
    const bool is_directory = (found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
    to = {.kind = is_directory ? end_kind::other : end_kind::regular_file,
          .is_directory = is_directory,
          .size = size,
          .allocated = size,
          .device = found.dwVolumeSerialNumber,
          .inode = std::uint64_t{found.nFileIndexHigh} << 32 | found.nFileIndexLow};
    return {};
}

// A handle that may append and not write puts all at the end, as O_APPEND does; file_handle::open makes such.
call_result kernel::access(int descriptor, file_access& to)
{
    PUBLIC_OBJECT_BASIC_INFORMATION found = {};
    if (::NtQueryObject(handle_of(descriptor), ObjectBasicInformation, &found, sizeof found, nullptr) < 0)
        return {.bytes = 0, .error = EBADF};
    const bool may_write = (found.GrantedAccess & FILE_WRITE_DATA) != 0;
    const bool may_append = (found.GrantedAccess & FILE_APPEND_DATA) != 0;
    to = {.readable = (found.GrantedAccess & FILE_READ_DATA) != 0,
          .writable = may_write || may_append,
          .appends = may_append && !may_write};
    return {};
}

call_result kernel::ready(int, int)
{
    return {.bytes = source_ready | sink_ready, .error = 0};
}

call_result kernel::look(int)
{
    return {.bytes = 0, .error = ENOTSOCK};
}

// Not by _dup(), whose handle is inherited by processes that are started.
call_result kernel::duplicate(int descriptor)
{
    HANDLE made = nullptr;
    const HANDLE self = ::GetCurrentProcess();
    if (::DuplicateHandle(self, handle_of(descriptor), self, &made, 0, FALSE, DUPLICATE_SAME_ACCESS) == 0)
        return last_error();
    const call_result result =
        result_of(::_open_osfhandle(reinterpret_cast<std::intptr_t>(made), _O_BINARY | _O_NOINHERIT));
    if (result.error != 0)
        ::CloseHandle(made);
    return result;
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

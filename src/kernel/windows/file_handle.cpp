// Distributed under the Boost Software License, Version 1.0.
#include "results.hpp"

#include <kernel_copy/detail/action.hpp>
#include <kernel_copy/detail/file_handle.hpp>

#include <boost/asio/error.hpp>

#include <cstdio>

#include <fcntl.h>

namespace kernel_copy::inline v0::detail {

namespace {

// To truncate takes all rights; who truncates what he appends to gets no file that only appends.
DWORD access_for(unsigned flags) noexcept
{
    const bool appends = (flags & file_base::append) != 0 && (flags & file_base::truncate) == 0;
    const DWORD writing = appends ? FILE_GENERIC_WRITE & ~DWORD{FILE_WRITE_DATA} : DWORD{GENERIC_WRITE};
    if ((flags & file_base::read_write) != 0)
        return GENERIC_READ | writing;
    return (flags & file_base::write_only) != 0 ? writing : GENERIC_READ;
}

DWORD disposition_for(unsigned flags) noexcept
{
    const bool truncate = (flags & file_base::truncate) != 0;
    if ((flags & file_base::create) == 0)
        return truncate ? TRUNCATE_EXISTING : OPEN_EXISTING;
    if ((flags & file_base::exclusive) != 0)
        return CREATE_NEW;
    return truncate ? CREATE_ALWAYS : OPEN_ALWAYS;
}

error_code error_of(const call_result& result) noexcept
{
    return result.error != 0 ? errno_code(result.error) : error_code{};
}

} // namespace

error_code file_handle::open(const char* path, file_base::flags open_flags)
{
    if (descriptor_ != -1)
        return boost::asio::error::already_open;
    const DWORD attributes =
        FILE_ATTRIBUTE_NORMAL | ((open_flags & file_base::sync_all_on_write) != 0 ? FILE_FLAG_WRITE_THROUGH : 0);
    const HANDLE opened =
        ::CreateFileA(path, access_for(open_flags), FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                      disposition_for(open_flags), attributes, nullptr);
    if (opened == INVALID_HANDLE_VALUE)
        return {static_cast<int>(::GetLastError()), boost::system::system_category()};
    descriptor_ = ::_open_osfhandle(reinterpret_cast<std::intptr_t>(opened), _O_BINARY | _O_NOINHERIT);
    if (descriptor_ != -1)
        return {};
    const error_code error = errno_code(errno);
    ::CloseHandle(opened);
    return error;
}

error_code file_handle::close()
{
    const int closing = release();
    return closing == -1 ? error_code{} : error_of(result_of(::_close(closing)));
}

std::uint64_t file_handle::size(error_code& error) const
{
    const call_result found = result_of(::_filelengthi64(descriptor_));
    error = error_of(found);
    return found.bytes;
}

error_code file_handle::resize(std::uint64_t bytes)
{
    const HANDLE writing = ::ReOpenFile(handle_of(descriptor_), GENERIC_WRITE, // which one that appends may not
                                        FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, 0);
    if (writing == INVALID_HANDLE_VALUE)
        return error_of(last_error());
    FILE_END_OF_FILE_INFO end = {};
    end.EndOfFile.QuadPart = static_cast<std::int64_t>(bytes);
    const bool done = ::SetFileInformationByHandle(writing, FileEndOfFileInfo, &end, sizeof end) != 0;
    const error_code error = done ? error_code{} : error_of(last_error());
    ::CloseHandle(writing);
    return error;
}

std::uint64_t file_handle::seek(std::int64_t offset, file_base::seek_basis whence, error_code& error)
{
    constexpr int basis[] = {SEEK_SET, SEEK_CUR, SEEK_END};
    const call_result found = result_of(::_lseeki64(descriptor_, offset, basis[whence]));
    error = error_of(found);
    return found.bytes;
}

} // namespace kernel_copy::inline v0::detail

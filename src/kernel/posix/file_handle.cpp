// Distributed under the Boost Software License, Version 1.0.
#include "retry.hpp"

#include <kernel_copy/detail/action.hpp>
#include <kernel_copy/detail/file_handle.hpp>

#include <boost/asio/error.hpp>

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kernel_copy::inline v0::detail {

namespace {

int native_flags(unsigned flags)
{
    int native = O_CLOEXEC;
    if ((flags & file_base::read_write) != 0)
        native |= O_RDWR;
    else if ((flags & file_base::write_only) != 0)
        native |= O_WRONLY;
    native |= (flags & file_base::append) != 0 ? O_APPEND : 0;
    native |= (flags & file_base::create) != 0 ? O_CREAT : 0;
    native |= (flags & file_base::exclusive) != 0 ? O_EXCL : 0;
    native |= (flags & file_base::truncate) != 0 ? O_TRUNC : 0;
    native |= (flags & file_base::sync_all_on_write) != 0 ? O_SYNC : 0;
    return native;
}

} // namespace

error_code file_handle::open(const char* path, file_base::flags open_flags)
{
    if (descriptor_ != -1)
        return boost::asio::error::already_open;
    const call_result opened = retry([&] { return ::open(path, native_flags(open_flags), 0666); });
    if (opened.error == 0)
        descriptor_ = static_cast<int>(opened.bytes);
    return errno_code(opened.error);
}

// The descriptor is gone whatever close(2) says, EINTR included; a late write error is worth reporting.
error_code file_handle::close()
{
    const int closing = release();
    if (closing == -1 || ::close(closing) == 0 || errno == EINTR)
        return {};
    return errno_code(errno);
}

std::uint64_t file_handle::size(error_code& error) const
{
    struct stat st = {};
    error = errno_code(retry([&] { return ::fstat(descriptor_, &st); }).error);
    return error ? 0 : static_cast<std::uint64_t>(st.st_size);
}

error_code file_handle::resize(std::uint64_t bytes)
{
    return errno_code(retry([&] { return ::ftruncate(descriptor_, static_cast<off_t>(bytes)); }).error);
}

std::uint64_t file_handle::seek(std::int64_t offset, file_base::seek_basis whence, error_code& error)
{
    constexpr int basis[] = {SEEK_SET, SEEK_CUR, SEEK_END};
    const call_result moved = retry([&] { return ::lseek(descriptor_, offset, basis[whence]); });
    error = errno_code(moved.error);
    return moved.bytes;
}

} // namespace kernel_copy::inline v0::detail

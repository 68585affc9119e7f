// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/file_handle.hpp>

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kernel_copy::inline v0::detail {

namespace {

error_code last_error()
{
    return error_code{errno, boost::system::system_category()};
}

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
        return error_code{EBUSY, boost::system::system_category()};
    int opened = -1;
    do
        opened = ::open(path, native_flags(open_flags), 0666);
    while (opened == -1 && errno == EINTR);
    if (opened == -1)
        return last_error();
    descriptor_ = opened;
    return {};
}

// The descriptor is gone whatever close(2) says, EINTR included; a late write error is worth reporting.
error_code file_handle::close()
{
    const int closing = release();
    if (closing == -1 || ::close(closing) == 0 || errno == EINTR)
        return {};
    return last_error();
}

std::uint64_t file_handle::size(error_code& error) const
{
    struct stat st = {};
    error = ::fstat(descriptor_, &st) == 0 ? error_code{} : last_error();
    return error ? 0 : static_cast<std::uint64_t>(st.st_size);
}

error_code file_handle::resize(std::uint64_t bytes)
{
    return ::ftruncate(descriptor_, static_cast<off_t>(bytes)) == 0 ? error_code{} : last_error();
}

std::uint64_t file_handle::seek(std::int64_t offset, file_base::seek_basis whence, error_code& error)
{
    constexpr int basis[] = {SEEK_SET, SEEK_CUR, SEEK_END};
    const off_t position = ::lseek(descriptor_, offset, basis[whence]);
    error = position >= 0 ? error_code{} : last_error();
    return error ? 0 : static_cast<std::uint64_t>(position);
}

} // namespace kernel_copy::inline v0::detail

// Distributed under the Boost Software License, Version 1.0.
#include "document_root.hpp"

#include <boost/system/system_error.hpp>

#include <cerrno>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace kernel_copy::example {

namespace {

error_code errno_code(int value)
{
    return error_code{value, boost::system::system_category()};
}

file open_directory(const boost::asio::any_io_executor& executor, const std::string& path)
{
    const int opened = ::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (opened == -1)
        throw boost::system::system_error{errno_code(errno), path};
    return file{executor, opened};
}

} // namespace

document_root::document_root(const boost::asio::any_io_executor& executor, const std::string& path)
    : root_{open_directory(executor, path)}
{
    error_code error;
    const file probe = open_beneath(".", error);
    if (error)
        throw boost::system::system_error{error, path};
}

file document_root::open_beneath(const std::string& path, error_code& error) const
{
    open_how how = {};
    // Without O_NONBLOCK, opening a FIFO would wait for somebody to write to it.
    how.flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
    long opened = -1;
    int attempts = 0;
    do
        opened = ::syscall(SYS_openat2, root_.native_handle(), path.c_str(), &how, sizeof how);
    while (opened == -1 && (errno == EINTR || (errno == EAGAIN && ++attempts < 8))); // a rename raced with ".."
    error = opened == -1 ? errno_code(errno) : error_code{};
    return file{root_.get_executor(), static_cast<int>(opened)};
}

document document_root::open(const std::string& path, error_code& error) const
{
    const auto look = [&](const std::string& name, struct stat& status) {
        document found{.content = open_beneath(name, error), .size = 0, .name = name};
        if (!error && ::fstat(found.content.native_handle(), &status) == -1)
            error = errno_code(errno);
        found.size = static_cast<std::uint64_t>(status.st_size);
        return found;
    };
    struct stat status = {};
    document found = look(path, status);
    if (!error && S_ISDIR(status.st_mode))
    {
        found = look(path + "/index.html", status);
        if (error == errno_code(ENOENT))
            error = errno_code(EACCES); // the directory is there, but there is nothing to show of it
    }
    if (!error && !S_ISREG(status.st_mode))
        error = errno_code(EACCES);
    return found;
}

} // namespace kernel_copy::example

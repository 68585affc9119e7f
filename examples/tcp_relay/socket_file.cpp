// Distributed under the Boost Software License, Version 1.0.
#include "socket_file.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/system_error.hpp>

#include <cerrno>

#include <sys/stat.h>
#include <unistd.h>

namespace kernel_copy::example {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;

[[noreturn]] void fail(const error_code& error = {errno, boost::system::system_category()})
{
    throw boost::system::system_error{error};
}

} // namespace

void remove_old_socket_file(const endpoint& e)
{
    const std::string path = path_of(e);
    struct stat status = {};
    if (::lstat(path.c_str(), &status) == -1)
    {
        if (errno == ENOENT)
            return; // nor is there a directory, perhaps: bind says so
        fail();
    }
    if (!S_ISSOCK(status.st_mode))
        fail(asio::error::address_in_use);

    // Only a refused connection says that nobody listens. A full backlog would make a blocking one wait.
    asio::io_context io{1};
    stream_socket caller{io, e.protocol()};
    caller.non_blocking(true);
    error_code error;
    caller.connect(e, error);
    if (!error || error == asio::error::in_progress || error == asio::error::would_block)
        error = asio::error::address_in_use;
    if (error != asio::error::connection_refused)
        fail(error);
    if (::unlink(path.c_str()) == -1 && errno != ENOENT)
        fail();
}

socket_file::socket_file(const endpoint& bound_to) : path_{path_of(bound_to)}
{
    struct stat status = {};
    if (::lstat(path_.c_str(), &status) == -1)
        fail();
    device_ = status.st_dev;
    inode_ = status.st_ino;
}

void socket_file::remove() noexcept
{
    // Another program may have put its own in this place.
    struct stat status = {};
    if (!path_.empty() && ::lstat(path_.c_str(), &status) == 0 && status.st_dev == device_ && status.st_ino == inode_)
        ::unlink(path_.c_str());
    path_.clear();
}

} // namespace kernel_copy::example

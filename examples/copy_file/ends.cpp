// Distributed under the Boost Software License, Version 1.0.
#include "ends.hpp"

#include <boost/system/system_error.hpp>

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kernel_copy::example {

namespace {

namespace asio = boost::asio;
using stream = asio::posix::stream_descriptor;

[[noreturn]] void fail(const std::string& name, const error_code& error)
{
    throw boost::system::system_error{error, name};
}

[[noreturn]] void fail(const std::string& name)
{
    fail(name, error_code{errno, boost::system::system_category()});
}

// A duplicate, so that closing it leaves the program its own.
stream standard_stream(asio::io_context& io, int descriptor)
{
    const int duplicate = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
    if (duplicate == -1)
        fail(descriptor == STDIN_FILENO ? "standard input" : "standard output");
    return stream{io, duplicate};
}

file open_file(asio::io_context& io, const std::string& name, file::flags flags)
{
    file opened{io};
    error_code error;
    opened.open(name.c_str(), flags, error);
    if (error)
        fail(name, error);
    return opened;
}

struct stat status_of(end& e, const std::string& name)
{
    struct stat status = {};
    if (std::visit([&](auto& opened) { return ::fstat(opened.native_handle(), &status); }, e) == -1)
        fail(name);
    return status;
}

bool is_regular(const struct stat& status)
{
    return S_ISREG(status.st_mode);
}

} // namespace

end open_source(asio::io_context& io, const std::string& name)
{
    if (name == "-")
        return standard_stream(io, STDIN_FILENO);
    return open_file(io, name, file::read_only);
}

end open_sink(asio::io_context& io, const std::string& name, end& source)
{
    // Opened without being emptied: whether it is the source is known only when both are open.
    end sink = name == "-" ? end{standard_stream(io, STDOUT_FILENO)}
                           : end{open_file(io, name, file::write_only | file::create)};
    const struct stat from = status_of(source, name);
    const struct stat to = status_of(sink, name);
    if (is_regular(from) && is_regular(to) && from.st_dev == to.st_dev && from.st_ino == to.st_ino)
        throw std::runtime_error{name + ": is the source file itself"};

    if (auto* const opened = std::get_if<file>(&sink); opened != nullptr && is_regular(to))
    {
        error_code error;
        opened->resize(0, error);
        if (error)
            fail(name, error);
    }
    return sink;
}

void make_waitable(end& e)
{
    auto* const opened = std::get_if<file>(&e);
    if (opened == nullptr || is_regular(status_of(e, "fstat")))
        return;
    const auto executor = opened->get_executor();
    e = stream{executor, opened->release()};
}

void close(end& e, const std::string& name)
{
    error_code error;
    std::visit([&](auto& opened) { opened.close(error); }, e);
    if (error)
        fail(name, error);
}

} // namespace kernel_copy::example

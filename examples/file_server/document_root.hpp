// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_EXAMPLE_DOCUMENT_ROOT_HPP
#define KERNEL_COPY_EXAMPLE_DOCUMENT_ROOT_HPP

#include <kernel_copy/file.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <string>

namespace kernel_copy::example {

/// A regular file to send.
struct document
{
    file content;
    std::uint64_t size;
    std::string name; ///< its path below the root, index.html included
};

/// A directory whose files are given out, and nothing outside of it.
class document_root
{
public:
    /// Throws boost::system::system_error.
    document_root(const boost::asio::any_io_executor& executor, const std::string& path);

    /// Opens the file of a relative path, or the index.html of a directory. The kernel itself keeps ".." and
    /// symbolic links inside (openat2(2), RESOLVE_BENEATH). Errors: those of open(2), EXDEV for a way out,
    /// EACCES for what is not a regular file.
    document open(const std::string& path, error_code& error) const;

private:
    [[nodiscard]] file open_beneath(const std::string& path, error_code& error) const;

    file root_;
};

} // namespace kernel_copy::example

#endif

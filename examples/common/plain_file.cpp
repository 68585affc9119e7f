// Distributed under the Boost Software License, Version 1.0.
#include "plain_file.hpp"

#include <kernel_copy/error.hpp>

#include <boost/system/system_error.hpp>

#include <algorithm>
#include <cerrno>

#include <unistd.h>

namespace kernel_copy::example {

namespace {

template <class Call>
std::size_t checked(const char* what, Call call)
{
    ssize_t n = -1;
    do
        n = call();
    while (n == -1 && errno == EINTR);
    if (n == -1)
        throw boost::system::system_error{errno, boost::system::system_category(), what};
    return static_cast<std::size_t>(n);
}

} // namespace

std::size_t plain_file::read(boost::asio::mutable_buffer to)
{
    if (!range_)
        return checked("read", [&] { return ::read(descriptor_, to.data(), to.size()); });

    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(to.size(), range_->left));
    if (wanted == 0)
        return 0;
    const auto n =
        checked("pread", [&] { return ::pread(descriptor_, to.data(), wanted, static_cast<off_t>(range_->offset)); });
    if (n == 0)
        throw boost::system::system_error{errc::source_truncated};
    range_->offset += n;
    range_->left -= n;
    return n;
}

std::size_t plain_file::write(boost::asio::const_buffer from)
{
    return checked("write", [&] { return ::write(descriptor_, from.data(), from.size()); });
}

} // namespace kernel_copy::example

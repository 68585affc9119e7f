// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/file_handle.hpp>

#include <boost/system/system_error.hpp>
#include <boost/throw_exception.hpp>

namespace kernel_copy::inline v0::detail {

void throw_if(const error_code& error, const char* what)
{
    if (error)
        boost::throw_exception(boost::system::system_error{error, what});
}

file_handle& file_handle::operator=(file_handle&& other) noexcept
{
    if (this != &other)
    {
        close();
        take(other);
    }
    return *this;
}

file_handle::~file_handle()
{
    close();
}

} // namespace kernel_copy::inline v0::detail

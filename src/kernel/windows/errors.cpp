// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/action.hpp>

#include <boost/asio/error.hpp>

#include <cerrno>

namespace kernel_copy::inline v0::detail {

namespace {

struct known_error
{
    int number;
    error_code code;
};

// Those by which programs know what the library itself says; the others are the C library's.
const known_error (&errors_of_asio())[6]
{
    static const known_error table[] = {{ECANCELED, boost::asio::error::operation_aborted},
                                        {ETIMEDOUT, boost::asio::error::timed_out},
                                        {EBADF, boost::asio::error::bad_descriptor},
                                        {EINVAL, boost::asio::error::invalid_argument},
                                        {ENOMEM, boost::asio::error::no_memory},
                                        {EPIPE, boost::asio::error::broken_pipe}};
    return table;
}

} // namespace

int errno_of(const error_code& error) noexcept
{
    if (!error.failed())
        return 0;
    for (const known_error& known : errors_of_asio())
        if (error == known.code)
            return known.number;
    return error.category() == boost::system::generic_category() ? error.value() : 0;
}

error_code errno_code(int error) noexcept
{
    for (const known_error& known : errors_of_asio())
        if (error == known.number)
            return known.code;
    return error_code{error, boost::system::generic_category()};
}

} // namespace kernel_copy::inline v0::detail

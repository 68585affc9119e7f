// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_ERROR_HPP
#define KERNEL_COPY_ERROR_HPP

#include <kernel_copy/detail/config.hpp>

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>

#include <type_traits>

namespace kernel_copy::inline v0 {

using boost::system::error_code;

/// What this library itself reports. Errors of system calls arrive as they are, in the system category.
enum class errc
{
    /// The source ended before the limit of exactly() or a file range of known length was satisfied.
    source_truncated = 1,
    /// None of the methods that the caller allows can serve this source and this sink.
    no_method_available,
    /// Source and sink are the same file and the ranges overlap.
    overlapping_copy,
    /// The sink took none of the bytes that it was given and reported no error.
    sink_took_nothing,
    /// A call that may not be believed said that there is nothing to copy: a reason to give a method up.
    returned_nothing
};

/// The category of errc, named "kernel_copy".
[[nodiscard]] KERNEL_COPY_DECL const boost::system::error_category& error_category() noexcept;

[[nodiscard]] inline error_code make_error_code(errc e) noexcept
{
    return error_code{static_cast<int>(e), error_category()};
}

} // namespace kernel_copy::inline v0

/// @cond
template <>
struct boost::system::is_error_code_enum<kernel_copy::errc> : std::true_type
{};
/// @endcond

#endif

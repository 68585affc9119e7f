// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_SRC_KERNEL_WINDOWS_RESULTS_HPP
#define KERNEL_COPY_SRC_KERNEL_WINDOWS_RESULTS_HPP

#include <kernel_copy/detail/kernel.hpp>

#include <boost/system/error_code.hpp>

#include <cerrno>
#include <cstdint>

#include <io.h>
#include <windows.h>

namespace kernel_copy::inline v0::detail {

/// Of a function of the C library, which leaves an errno.
[[nodiscard]] inline call_result result_of(std::int64_t returned) noexcept
{
    return returned >= 0 ? call_result{.bytes = static_cast<std::uint64_t>(returned), .error = 0}
                         : call_result{.bytes = 0, .error = errno};
}

/// Of one of the system, as an errno.
[[nodiscard]] inline call_result last_error() noexcept
{
    const DWORD number = ::GetLastError();
    if (number == ERROR_INVALID_HANDLE || number == ERROR_ACCESS_DENIED) // it was not opened for that
        return {.bytes = 0, .error = EBADF};
    const boost::system::error_code error{static_cast<int>(number), boost::system::system_category()};
    const boost::system::error_condition known = error.default_error_condition();
    const bool is_known = known.category() == boost::system::generic_category() && known.value() != EAGAIN;
    return {.bytes = 0, .error = is_known ? known.value() : EIO};
}

[[nodiscard]] inline HANDLE handle_of(int descriptor) noexcept
{
    return reinterpret_cast<HANDLE>(::_get_osfhandle(descriptor));
}

/// Pipes and consoles have descriptors of the C library as well. They have no position, and a call on them may block.
[[nodiscard]] inline bool is_on_disk(int descriptor) noexcept
{
    return ::GetFileType(handle_of(descriptor)) == FILE_TYPE_DISK;
}

} // namespace kernel_copy::inline v0::detail

#endif

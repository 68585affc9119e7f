// Distributed under the Boost Software License, Version 1.0.
#include "results.hpp"

#include <cstdio>

/// By the handle behind the descriptor: the C library's own functions change line ends where it was opened for text.
namespace kernel_copy::inline v0::detail {

namespace {

call_result read_from(HANDLE source, void* to, std::uint64_t length, OVERLAPPED* place)
{
    DWORD moved = 0;
    if (::ReadFile(source, to, static_cast<DWORD>(length), &moved, place) != 0) // of at most 1 GiB
        return {.bytes = moved, .error = 0};
    const DWORD error = ::GetLastError();
    return error == ERROR_HANDLE_EOF || error == ERROR_BROKEN_PIPE ? call_result{} : last_error();
}

// To read somewhere moves a handle's position here as well, so that is done by another handle, which has its own.
call_result read_at(int source, std::uint64_t offset, void* to, std::uint64_t length)
{
    if (!is_on_disk(source))
        return {.bytes = 0, .error = ESPIPE};
    const HANDLE another =
        ::ReOpenFile(handle_of(source), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, 0);
    if (another == INVALID_HANDLE_VALUE)
        return last_error();
    OVERLAPPED place = {};
    place.Offset = static_cast<DWORD>(offset);
    place.OffsetHigh = static_cast<DWORD>(offset >> 32);
    const call_result result = read_from(another, to, length, &place);
    ::CloseHandle(another);
    return result;
}

call_result move(int file, std::int64_t by)
{
    if (!is_on_disk(file))
        return {.bytes = 0, .error = ESPIPE};
    return result_of(::_lseeki64(file, by, SEEK_CUR));
}

} // namespace

call_result kernel::read(int source, const std::uint64_t* at, void* to, std::uint64_t length)
{
    return at != nullptr ? read_at(source, *at, to, length) : read_from(handle_of(source), to, length, nullptr);
}

call_result kernel::write(int sink, const void* from, std::uint64_t length)
{
    DWORD moved = 0;
    if (::WriteFile(handle_of(sink), from, static_cast<DWORD>(length), &moved, nullptr) == 0)
        return last_error();
    return {.bytes = moved, .error = 0};
}

call_result kernel::receive(int, void*, std::uint64_t)
{
    return {.bytes = 0, .error = ENOTSOCK};
}

call_result kernel::send(int, const void*, std::uint64_t, bool)
{
    return {.bytes = 0, .error = ENOTSOCK};
}

call_result kernel::position(int descriptor)
{
    return move(descriptor, 0);
}

call_result kernel::move_back(int source, std::uint64_t length)
{
    return move(source, -static_cast<std::int64_t>(length));
}

call_result kernel::move_on(int file, std::uint64_t length)
{
    return move(file, static_cast<std::int64_t>(length));
}

} // namespace kernel_copy::inline v0::detail

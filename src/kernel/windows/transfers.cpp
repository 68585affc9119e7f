// Distributed under the Boost Software License, Version 1.0.
#include "results.hpp"

#include <cstdio>

namespace kernel_copy::inline v0::detail {

namespace {

// No call asks for more than 1 GiB.
constexpr unsigned size_of(std::uint64_t length) noexcept
{
    return static_cast<unsigned>(length);
}

// The system moves the position here as well, and it is put back; another thread may see it in between.
call_result read_at(int source, std::uint64_t offset, void* to, std::uint64_t length)
{
    const std::int64_t before = ::_lseeki64(source, 0, SEEK_CUR);
    OVERLAPPED place = {};
    place.Offset = static_cast<DWORD>(offset);
    place.OffsetHigh = static_cast<DWORD>(offset >> 32);
    DWORD moved = 0;
    call_result result{};
    if (::ReadFile(handle_of(source), to, size_of(length), &moved, &place) != 0)
        result.bytes = moved;
    else if (::GetLastError() != ERROR_HANDLE_EOF)
        result = last_error();
    if (before >= 0)
        ::_lseeki64(source, before, SEEK_SET);
    return result;
}

} // namespace

call_result kernel::read(int source, const std::uint64_t* at, void* to, std::uint64_t length)
{
    return at != nullptr ? read_at(source, *at, to, length) : result_of(::_read(source, to, size_of(length)));
}

call_result kernel::write(int sink, const void* from, std::uint64_t length)
{
    return result_of(::_write(sink, from, size_of(length)));
}

call_result kernel::receive(int, void*, std::uint64_t)
{
    return {.bytes = 0, .error = ENOTSOCK};
}

call_result kernel::send(int, const void*, std::uint64_t, bool)
{
    return {.bytes = 0, .error = ENOTSOCK};
}

call_result kernel::move_back(int source, std::uint64_t length)
{
    return result_of(::_lseeki64(source, -static_cast<std::int64_t>(length), SEEK_CUR));
}

call_result kernel::move_on(int file, std::uint64_t length)
{
    return result_of(::_lseeki64(file, static_cast<std::int64_t>(length), SEEK_CUR));
}

} // namespace kernel_copy::inline v0::detail

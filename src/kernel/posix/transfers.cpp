// Distributed under the Boost Software License, Version 1.0.
#include "retry.hpp"

#include <sys/socket.h>
#include <unistd.h>

namespace kernel_copy::inline v0::detail {

call_result kernel::read(int source, const std::uint64_t* at, void* to, std::uint64_t length)
{
    return retry([=] {
        return at != nullptr ? ::pread(source, to, size_of(length), static_cast<off_t>(*at))
                             : ::read(source, to, size_of(length));
    });
}

call_result kernel::write(int sink, const void* from, std::uint64_t length)
{
    return retry([=] { return ::write(sink, from, size_of(length)); });
}

call_result kernel::receive(int source, void* to, std::uint64_t length)
{
    return retry([=] { return ::recv(source, to, size_of(length), 0); });
}

call_result kernel::send(int sink, const void* from, std::uint64_t length, [[maybe_unused]] bool more)
{
    int flags = MSG_NOSIGNAL | MSG_DONTWAIT;
#if defined(MSG_MORE) // where it is not known, nothing is held back
    flags |= more ? MSG_MORE : 0;
#endif
    return retry([=] { return ::send(sink, from, size_of(length), flags); });
}

call_result kernel::move_back(int source, std::uint64_t length)
{
    return retry([=] { return ::lseek(source, -static_cast<off_t>(length), SEEK_CUR); });
}

call_result kernel::move_on(int file, std::uint64_t length)
{
    return retry([=] { return ::lseek(file, static_cast<off_t>(length), SEEK_CUR); });
}

} // namespace kernel_copy::inline v0::detail

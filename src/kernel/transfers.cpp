// Distributed under the Boost Software License, Version 1.0.
#include "retry.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

static_assert(sizeof(off_t) == 8, "file offsets have 64 bits");

namespace kernel_copy::inline v0::detail {

namespace {

// No call asks for more than 1 GiB, which addresses of 32 bits can hold.
std::size_t size_of(std::uint64_t length) noexcept
{
    return static_cast<std::size_t>(length);
}

} // namespace

call_result kernel::copy_file_range(int source, const std::uint64_t* at, int sink, std::uint64_t length)
{
    return retry([=] {
        auto offset = static_cast<off64_t>(at != nullptr ? *at : 0);
        return ::copy_file_range(source, at != nullptr ? &offset : nullptr, sink, nullptr, size_of(length), 0);
    });
}

call_result kernel::sendfile(int source, const std::uint64_t* at, int sink, std::uint64_t length)
{
    return retry([=] {
        auto offset = static_cast<off_t>(at != nullptr ? *at : 0);
        return ::sendfile(sink, source, at != nullptr ? &offset : nullptr, size_of(length));
    });
}

// Never SPLICE_F_MORE: it held back a tail for 200 ms. SPLICE_F_NONBLOCK covers pipes only; sockets are
// non-blocking themselves.
call_result kernel::splice(int source, const std::uint64_t* at, int sink, std::uint64_t length)
{
    return retry([=] {
        auto offset = static_cast<off64_t>(at != nullptr ? *at : 0);
        return ::splice(source, at != nullptr ? &offset : nullptr, sink, nullptr, size_of(length), SPLICE_F_NONBLOCK);
    });
}

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

call_result kernel::send(int sink, const void* from, std::uint64_t length, bool more)
{
    return retry(
        [=] { return ::send(sink, from, size_of(length), MSG_NOSIGNAL | MSG_DONTWAIT | (more ? MSG_MORE : 0)); });
}

// To end a cork that there is not sends what is held back (tcp(7)). Other sockets hold nothing back, and say so.
call_result kernel::push(int sink)
{
    int corked = 0;
    socklen_t size = sizeof corked;
    const call_result asked = retry([&] { return ::getsockopt(sink, IPPROTO_TCP, TCP_CORK, &corked, &size); });
    if (asked.error != 0 || corked != 0)
        return asked;
    return retry([&] { return ::setsockopt(sink, IPPROTO_TCP, TCP_CORK, &corked, sizeof corked); });
}

} // namespace kernel_copy::inline v0::detail

// Distributed under the Boost Software License, Version 1.0.
#include "../posix/retry.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

namespace kernel_copy::inline v0::detail {

availability_table known_calls::snapshot() const noexcept
{
    availability_table table{};
    for (std::size_t i = 0; i != table.size(); ++i)
        table[i] = table_[i].load(std::memory_order_relaxed);
    return table;
}

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

// Distributed under the Boost Software License, Version 1.0.
#include "ends.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/system/system_error.hpp>

#include <fcntl.h>
#include <unistd.h>

namespace soak {

namespace {

using asio::ip::tcp;
using local = asio::local::stream_protocol;

std::pair<socket, socket> connect_tcp(const asio::any_io_executor& one, const asio::any_io_executor& other, draw& d)
{
    // An address of its own: closed connections keep their ports for a while.
    const asio::ip::address_v4 address{static_cast<asio::ip::address_v4::uint_type>(d.between(0x7F000002, 0x7FFFFF00))};
    tcp::acceptor acceptor{one, {address, 0}};
    tcp::socket client{one};
    client.connect(acceptor.local_endpoint());
    tcp::socket server{other};
    acceptor.accept(server);
    const tcp::no_delay no_delay{d.one_in(2)};
    client.set_option(no_delay);
    server.set_option(no_delay);
    return {std::move(client), std::move(server)};
}

std::pair<socket, socket> connect_local(const asio::any_io_executor& one, const asio::any_io_executor& other)
{
    local::socket a{one};
    local::socket b{other};
    asio::local::connect_pair(a, b);
    return {std::move(a), std::move(b)};
}

} // namespace

std::pair<socket, socket> connect(bool tcp, const asio::any_io_executor& one, const asio::any_io_executor& other,
                                  draw& d)
{
    auto ends = tcp ? connect_tcp(one, other, d) : connect_local(one, other);
    // A window smaller than a segment of the loopback is filled once in 200 ms.
    const std::uint64_t least_received = tcp ? 1 << 17 : 1 << 12;
    for (socket* s : {&ends.first, &ends.second})
    {
        if (d.one_in(4))
            s->set_option(socket::send_buffer_size{static_cast<int>(d.any_size(1 << 12, 1 << 20))});
        if (d.one_in(4))
            s->set_option(socket::receive_buffer_size{static_cast<int>(d.any_size(least_received, 1 << 20))});
    }
    return ends;
}

std::pair<descriptor, descriptor> make_pipe(const asio::any_io_executor& one, const asio::any_io_executor& other,
                                            draw& d)
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        throw boost::system::system_error{system_error(errno), "pipe2"};
    if (d.one_in(2))
        static_cast<void>(::fcntl(ends[0], F_SETPIPE_SZ, static_cast<int>(d.any_size(4096, 1 << 20)))); // if it may
    descriptor read_end{one};
    descriptor write_end{other};
    error_code error;
    read_end.assign(ends[0], error);
    if (!error)
        write_end.assign(ends[1], error);
    if (error)
    {
        for (const int fd : ends)
            if (fd != read_end.native_handle())
                ::close(fd);
        throw boost::system::system_error{error, "assign"};
    }
    return {std::move(read_end), std::move(write_end)};
}

} // namespace soak

// Distributed under the Boost Software License, Version 1.0.
#include "listener.hpp"

#include "address.hpp"

#include <boost/system/system_error.hpp>

#include <cerrno>

#include <fcntl.h>
#include <sys/socket.h>

namespace kernel_copy::example {

namespace {

namespace asio = boost::asio;
using executors = std::vector<asio::any_io_executor>;

[[noreturn]] void fail()
{
    throw boost::system::system_error{errno, boost::system::system_category()};
}

void share_port(acceptor& a)
{
    const int on = 1;
    if (::setsockopt(a.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == -1)
        fail();
}

listener listen_tcp(const endpoint& address, const executors& threads)
{
    listener result{address};
    for (const auto& executor : threads)
    {
        acceptor& a = result.acceptors.emplace_back(executor, address.protocol());
        a.set_option(acceptor::reuse_address{true});
        // The first shares its port only once it has it: else a second program would quietly get half the clients.
        const bool first = result.acceptors.size() == 1;
        if (!first)
            share_port(a);
        a.bind(result.address);
        if (first)
        {
            result.address = a.local_endpoint();
            if (threads.size() > 1)
                share_port(a);
        }
    }
    for (acceptor& a : result.acceptors)
        a.listen();
    return result;
}

listener listen_unix(const endpoint& address, const executors& threads)
{
    listener result{address};
    remove_old_socket_file(address);
    acceptor& first = result.acceptors.emplace_back(threads.front(), address.protocol());
    first.bind(address);
    result.file = std::make_unique<socket_file>(address);
    first.listen();
    const int descriptor = first.native_handle();
    for (std::size_t i = 1; i != threads.size(); ++i)
    {
        const int duplicate = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
        if (duplicate == -1)
            fail();
        result.acceptors.emplace_back(threads[i], address.protocol(), duplicate);
    }
    return result;
}

} // namespace

listener listen_at(const endpoint& address, const std::vector<asio::any_io_executor>& executors)
{
    try
    {
        listener result = is_tcp(address) ? listen_tcp(address, executors) : listen_unix(address, executors);
        for (acceptor& a : result.acceptors)
            a.non_blocking(true);
        return result;
    }
    catch (const boost::system::system_error& e)
    {
        throw boost::system::system_error{e.code(), to_string(address)};
    }
}

} // namespace kernel_copy::example

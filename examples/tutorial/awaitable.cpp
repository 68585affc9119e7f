// Distributed under the Boost Software License, Version 1.0.

// awaitable SRC DST: the same in a coroutine. The count is what co_await gives, an error is an exception.

#include <kernel_copy.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <iostream>

namespace asio = boost::asio;

// The path is taken by value: a coroutine outlives the expression that starts it.
asio::awaitable<std::uint64_t> copy(std::string from, std::string to)
{
    using kernel_copy::file;
    const auto executor = co_await asio::this_coro::executor;
    file source{executor, from.c_str(), file::read_only};
    file sink{executor, to.c_str(), file::write_only | file::create | file::exclusive};
    co_return co_await kernel_copy::async_kernel_copy(source, sink, asio::use_awaitable);
}

int main(int argc, char** argv)
{
    if (argc != 3)
    {
        std::cerr << "usage: awaitable SRC DST\n";
        return 2;
    }
    int status = 1;
    asio::io_context io;
    asio::co_spawn(io, copy(argv[1], argv[2]), [&](std::exception_ptr failure, std::uint64_t bytes) {
        try
        {
            if (failure)
                std::rethrow_exception(failure);
            std::cout << bytes << " bytes\n";
            status = 0;
        }
        catch (const std::exception& e)
        {
            std::cerr << "awaitable: " << e.what() << '\n';
        }
    });
    io.run();
    return status;
}

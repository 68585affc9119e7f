// Distributed under the Boost Software License, Version 1.0.

// future SRC DST: one thread runs the io_context, another waits for the result.

#include <kernel_copy.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <future>
#include <iostream>
#include <thread>

int main(int argc, char** argv)
{
    using kernel_copy::file;
    if (argc != 3)
    {
        std::cerr << "usage: future SRC DST\n";
        return 2;
    }
    try
    {
        boost::asio::io_context io;
        file source{io, argv[1], file::read_only};
        file sink{io, argv[2], file::write_only | file::create | file::exclusive};

        std::future<std::uint64_t> bytes = kernel_copy::async_kernel_copy(source, sink, boost::asio::use_future);
        const std::jthread runner{[&] { io.run(); }};
        std::cout << bytes.get() << " bytes\n"; // throws what the operation ended with
        return 0;
    }
    catch (const std::exception& e)
    {
        std::cerr << "future: " << e.what() << '\n';
        return 1;
    }
}

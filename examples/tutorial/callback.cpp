// Distributed under the Boost Software License, Version 1.0.

// callback SRC DST: one operation, one completion handler.

#include <kernel_copy.hpp>

#include <boost/asio/io_context.hpp>

#include <iostream>

int main(int argc, char** argv)
{
    using kernel_copy::file;
    if (argc != 3)
    {
        std::cerr << "usage: callback SRC DST\n";
        return 2;
    }
    try
    {
        boost::asio::io_context io;
        file source{io, argv[1], file::read_only};
        file sink{io, argv[2], file::write_only | file::create | file::exclusive};

        // Both files stay in scope until run() returns, and so does what the handler refers to.
        int status = 1;
        kernel_copy::async_kernel_copy(source, sink, [&](kernel_copy::error_code error, std::uint64_t bytes) {
            std::cout << bytes << " bytes: " << error.message() << '\n'; // the count is right with an error, too
            status = error ? 1 : 0;
        });
        io.run();
        return status;
    }
    catch (const std::exception& e)
    {
        std::cerr << "callback: " << e.what() << '\n';
        return 1;
    }
}

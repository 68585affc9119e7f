// Distributed under the Boost Software License, Version 1.0.
#include "built_in.hpp"
#include "loopback.hpp"
#include "request.hpp"
#include "system.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace benchmark::files {

namespace {

/// One connection after the other, each to its end.
void serve_connections(const service& what)
{
    std::vector<int> files;
    for (const std::string& file : what.files)
        files.push_back(check(::open(file.c_str(), O_RDONLY | O_CLOEXEC), file.c_str()));
    std::vector<char> buffer(128 * kib);
    for (;;)
    {
        const int socket = check(::accept4(what.listener, nullptr, nullptr, SOCK_CLOEXEC), "accept4");
        if (what.no_delay)
            set_no_delay(socket);
        request asked{};
        while (const ssize_t received = check(::recv(socket, &asked, sizeof asked, 0), "recv"))
        {
            check_received(static_cast<std::size_t>(received));
            std::fill_n(buffer.begin(), asked.header, 'h');
            send_all(socket, buffer.data(), asked.header);
            for (std::uint64_t done = 0; done != asked.length;)
            {
                const auto n =
                    static_cast<std::size_t>(check(::pread(files.at(asked.file), buffer.data(),
                                                           std::min<std::uint64_t>(buffer.size(), asked.length - done),
                                                           static_cast<off_t>(asked.offset + done)),
                                                   "pread"));
                if (n == 0)
                    throw std::runtime_error{"a file ends too early"};
                send_all(socket, buffer.data(), n);
                done += n;
            }
        }
        ::close(socket);
    }
}

} // namespace

void serve_by_threads(const service& what, unsigned threads)
{
    std::vector<std::thread> all;
    for (unsigned i = 0; i != threads; ++i)
        all.emplace_back([&] {
            try
            {
                serve_connections(what);
            }
            catch (const std::exception& e)
            {
                std::fprintf(stderr, "%s\n", e.what());
                std::_Exit(EXIT_FAILURE);
            }
        });
    for (std::thread& t : all)
        t.join();
}

} // namespace benchmark::files

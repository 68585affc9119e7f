// Distributed under the Boost Software License, Version 1.0.

// tcp_relay LISTEN UPSTREAM: passes connections on, both directions inside the kernel.

#include "server.hpp"
#include "settings.hpp"

#include <csignal>
#include <cstdlib>
#include <iostream>

namespace {

using namespace kernel_copy::example;

int tcp_relay(const command_line& line)
{
    // The library never lets SIGPIPE through, but where it is ignored that costs nothing. It is for stderr as well.
    std::signal(SIGPIPE, SIG_IGN);

    const relay_settings settings = parse_settings(line);
    server proxy{settings};
    std::cout << "listening on " << to_string(proxy.address()) << std::endl;
    proxy.run();
    if (settings.statistics)
        std::cerr << proxy.statistics() << '\n';
    return EXIT_SUCCESS;
}

} // namespace

int main(int argc, char** argv)
{
    return run_program(argc, argv, describe_tcp_relay(), tcp_relay);
}

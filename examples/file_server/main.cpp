// Distributed under the Boost Software License, Version 1.0.

// file_server ROOT ADDR:PORT: gives out the files of a directory by HTTP/1.1.

#include "connection.hpp"

#include "../common/command_line.hpp"
#include "../common/endpoint.hpp"
#include "../common/tcp_service.hpp"

#include <boost/program_options/value_semantic.hpp>

#include <cstdlib>
#include <iostream>

namespace {

namespace asio = boost::asio;
using namespace kernel_copy::example;

asio::awaitable<void> serve(asio::ip::tcp::socket client, server_settings& settings)
{
    connection c{std::move(client), settings};
    co_await c.run();
}

int file_server(const command_line& line)
{
    const auto listen_at = parse_endpoint(line.arguments[1]);
    const auto idle_limit = line.options["idle-timeout"].as<unsigned>();
    asio::io_context io{1};
    server_settings settings{.root = document_root{io.get_executor(), line.arguments[0]},
                             .idle_limit = std::chrono::seconds{idle_limit},
                             .plain = line.plain};

    const auto connections = run_tcp_service(
        io, listen_at, [&](asio::ip::tcp::socket client) { return serve(std::move(client), settings); });
    if (line.statistics)
        std::cerr << "connections=" << connections << ' ' << settings.counts << '\n';
    return EXIT_SUCCESS;
}

} // namespace

int main(int argc, char** argv)
{
    namespace po = boost::program_options;
    program_description about{.name = "file_server", .arguments = {"ROOT", "ADDR:PORT"}};
    about.options.add_options()("idle-timeout", po::value<unsigned>()->default_value(30),
                                "seconds without progress after which a connection is closed");
    return run_program(argc, argv, about, file_server);
}

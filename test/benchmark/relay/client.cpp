// Distributed under the Boost Software License, Version 1.0.
#include "client.hpp"

#include "control.hpp"
#include "loads.hpp"
#include "loopback.hpp"
#include "request.hpp"
#include "system.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>

#include <sys/socket.h>
#include <unistd.h>

namespace benchmark::relay {

namespace {

using namespace std::chrono_literals;

/// Connections that are known to reach the server.
std::vector<int> open(unsigned connections, std::uint16_t port, const request& asked)
{
    std::vector<int> result;
    for (unsigned i = 0; i != connections; ++i)
    {
        const int socket = connect_to_loopback(port);
        send_all(socket, reinterpret_cast<const char*>(&asked), sizeof asked);
        std::vector<char> greeting(asked.greeting);
        receive_all(socket, greeting.data(), greeting.size());
        result.push_back(socket);
    }
    return result;
}

void exchange_once(const std::vector<int>& connections, std::uint64_t message)
{
    std::vector<char> block(message, 'x');
    for (const int connection : connections)
    {
        send_all(connection, block.data(), block.size());
        receive_all(connection, block.data(), block.size());
    }
}

double quantile(std::vector<double>& values, double which)
{
    const auto at = static_cast<std::ptrdiff_t>(static_cast<double>(values.size() - 1) * which);
    std::nth_element(values.begin(), values.begin() + at, values.end());
    return values[static_cast<std::size_t>(at)];
}

} // namespace

int run_client(const scenario& what, std::uint16_t relay_port, int control)
{
    constexpr auto patience = 60s;
    constexpr std::uint64_t few_bytes = 64;
    request asked{.greeting = 1, .in = what.message, .out = what.message, .farewell = 0};
    if (what.what == load::stream)
        asked = {.greeting = 1, .in = what.amount / what.connections, .out = sizeof(std::uint64_t), .farewell = 0};

    std::vector<int> connections;
    if (what.what != load::shorts)
        connections = open(what.connections, relay_port, asked);
    if (what.what == load::idle)
        exchange_once(connections, what.message);
    asked.in = asked.out = few_bytes;
    const std::vector<int> bystanders = open(what.bystanders, relay_port, asked);
    exchange_once(bystanders, few_bytes);
    std::uint64_t sent = connections.size() * sizeof(request) + bystanders.size() * (sizeof(request) + few_bytes);

    tell(control, ready{});
    hear<go>(control, patience);
    std::vector<double> latencies;
    switch (what.what)
    {
    case load::stream:
        stream(connections, what.amount / what.connections, what.message);
        sent += what.amount / what.connections * what.connections;
        break;
    case load::ping_pong:
        latencies = ping_pong(connections, what.message, what.amount);
        sent += what.amount * what.message;
        break;
    case load::shorts:
        short_connections(relay_port, what.message, what.amount, what.connections);
        sent += what.amount * what.message;
        break;
    case load::idle:
        sent += connections.size() * what.message;
        break;
    }
    tell(control, ready{}); // what follows is not part of the load
    load_result result{.p50_seconds = 0, .p99_seconds = 0, .bytes_sent = sent};
    if (!latencies.empty())
    {
        result.p50_seconds = quantile(latencies, 0.5);
        result.p99_seconds = quantile(latencies, 0.99);
    }
    tell(control, result);
    hear<go>(control, patience);
    return 0;
}

warm_up_result warm_up(std::uint16_t relay_port, const process& relay)
{
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    int socket = -1;
    while ((socket = try_to_connect(relay_port)) == -1)
    {
        if (errno != ECONNREFUSED)
            fail("connect");
        if (relay.has_ended_within(5ms))
            throw std::runtime_error{"the relay has ended"};
        if (std::chrono::steady_clock::now() > deadline)
            throw std::runtime_error{"the relay does not listen"};
    }
    constexpr std::uint64_t size = 64;
    const request asked{.greeting = 1, .in = size, .out = size, .farewell = 1};
    send_all(socket, reinterpret_cast<const char*>(&asked), sizeof asked);
    char block[size]{};
    receive_all(socket, block, asked.greeting);
    send_all(socket, block, size);
    receive_all(socket, block, size);
    check(::shutdown(socket, SHUT_WR), "shutdown");
    const bool farewell = ::recv(socket, block, 1, 0) == 1 && ::recv(socket, block, 1, 0) == 0;
    ::close(socket);
    return {sizeof asked + size, farewell};
}

} // namespace benchmark::relay

// Distributed under the Boost Software License, Version 1.0.
#include "measurement.hpp"

#include "child.hpp"
#include "client.hpp"
#include "control.hpp"
#include "loopback.hpp"
#include "server.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include <unistd.h>

namespace benchmark::relay {

namespace {

using namespace std::chrono_literals;

/// A connected pair that is closed with the object.
class control_pair
{
public:
    control_pair()
    {
        int ends[2];
        check(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), "socketpair");
        own = ends[0];
        other = ends[1];
    }
    control_pair(const control_pair&) = delete;
    control_pair& operator=(const control_pair&) = delete;
    ~control_pair()
    {
        ::close(own);
        close_other();
    }

    void close_other()
    {
        if (other != -1)
            ::close(other);
        other = -1;
    }

    int own;
    int other;
};

struct cpu_times
{
    double relay;
    double with_peers;
    double machine;
};

sample run(const contender& who, const scenario& what)
{
    control_pair server_control;
    const listener upstream = listen_on_loopback();
    child server{{upstream.descriptor, server_control.other},
                 [&] { return serve_requests(upstream.descriptor, server_control.other); }};
    ::close(upstream.descriptor);
    server_control.close_other();

    const running_relay relay = who.start(upstream.port);
    const warm_up_result warm = warm_up(relay.port, *relay.process);
    if (!warm.keeps_half_open && who.kind != family::peer)
        throw std::runtime_error{"an end of one direction has ended both"};
    const double resident_before = relay.process->resident_bytes();
    const double descriptors_before = relay.process->descriptors();

    control_pair client_control;
    child client{{client_control.other}, [&] { return run_client(what, relay.port, client_control.other); }};
    client_control.close_other();
    constexpr auto patience = 120s;
    hear<ready>(client_control.own, patience);
    const double resident_after = relay.process->resident_bytes();
    const double descriptors_after = relay.process->descriptors();

    const auto cpu = [&] {
        const double own = relay.process->cpu_seconds();
        return cpu_times{own, own + cpu_seconds_of(client.id()) + cpu_seconds_of(server.id()), machine_cpu_seconds()};
    };
    const cpu_times before = cpu();
    const auto began = std::chrono::steady_clock::now();
    tell(client_control.own, go{});
    hear<ready>(client_control.own, patience);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    const cpu_times after = cpu();
    const auto load = hear<load_result>(client_control.own, patience);
    tell(client_control.own, go{});
    client.result<int>();

    tell(server_control.own, go{});
    if (server.result<std::uint64_t>() != load.bytes_sent + warm.bytes_sent)
        throw std::runtime_error{"bytes are missing"};
    const double all = after.with_peers - before.with_peers;
    return {.cpu_seconds = after.relay - before.relay,
            .all_cpu_seconds = all,
            .wall_seconds = took.count(),
            .other_cores = std::max(0.0, after.machine - before.machine - all) / took.count(),
            .p50_seconds = load.p50_seconds,
            .p99_seconds = load.p99_seconds,
            .resident_bytes = resident_after - resident_before,
            .descriptors = descriptors_after - descriptors_before,
            .cpu_seconds_alone = 0,
            .keeps_half_open = warm.keeps_half_open};
}

} // namespace

sample measure(const contender& who, const scenario& what)
try
{
    sample result = run(who, what);
    if (what.bystanders != 0)
    {
        scenario alone = what;
        alone.bystanders = 0;
        const sample other = run(who, alone);
        result.cpu_seconds_alone = other.cpu_seconds;
        result.other_cores = std::max(result.other_cores, other.other_cores);
    }
    return result;
}
catch (const std::exception& e)
{
    throw std::runtime_error{who.name + ", " + what.name + ": " + e.what()};
}

} // namespace benchmark::relay

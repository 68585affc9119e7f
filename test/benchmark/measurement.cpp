// Distributed under the Boost Software License, Version 1.0.
#include "measurement.hpp"

#include "peers.hpp"
#include "system.hpp"

#include <chrono>
#include <csignal>
#include <stdexcept>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace benchmark {

namespace {

rusage used(__rusage_who by)
{
    rusage result{};
    check(::getrusage(by, &result), "getrusage");
    return result;
}

double cpu_seconds(const rusage& of)
{
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
    };
    return seconds(of.ru_utime) + seconds(of.ru_stime);
}

sample run(const contender& who, const task& to_do)
{
    // A library can't choose what the program does about SIGPIPE; a bare loop of one's own can.
    ::signal(SIGPIPE, who.kind == family::kernel_copy ? SIG_DFL : SIG_IGN);
    const rusage before = used(RUSAGE_SELF);
    const auto began = std::chrono::steady_clock::now();
    const call_counts calls = who.move(to_do);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    const rusage after = used(RUSAGE_SELF);
    return {.cpu_seconds = cpu_seconds(after) - cpu_seconds(before),
            .wall_seconds = took.count(),
            .all_cpu_seconds = 0,
            .sleeps = static_cast<double>(after.ru_nvcsw - before.ru_nvcsw),
            .calls = calls};
}

/// What the mover gets, what the peers keep.
struct wiring
{
    task to_do;
    std::vector<int> producers;
    std::vector<int> receivers;
};

void add_socket_sink(wiring& to, ends& connection)
{
    const auto [near, far] = connected_pair();
    connection.sink = near;
    to.receivers.push_back(far);
}

wiring wire(scenario what, const settings& with, const files& on)
{
    const bool many = what == scenario::socket_to_socket;
    const unsigned connections = many ? with.connections : 1;
    const std::uint64_t bytes = with.bytes / connections / mib * mib;
    wiring result{.to_do = {.connections = {}, .bytes = bytes, .range = bytes}, .producers = {}, .receivers = {}};
    if (what == scenario::ranges_to_socket)
        result.to_do.range = mib;
    for (unsigned i = 0; i != connections; ++i)
    {
        ends connection{-1, -1};
        if (what == scenario::socket_to_socket || what == scenario::pipe_to_socket)
        {
            const auto [near, far] = many ? connected_pair() : open_pipe();
            connection.source = near;
            result.producers.push_back(far);
        }
        else
            connection.source = on.open_source();
        if (what == scenario::file_to_file)
            connection.sink = on.open_empty_sink();
        else
            add_socket_sink(result, connection);
        result.to_do.connections.push_back(connection);
    }
    return result;
}

} // namespace

files::files(const std::string& directory, std::uint64_t bytes)
    : source_{directory + "/benchmark-source-" + std::to_string(::getpid())}, sink_{directory + "/benchmark-sink-" +
                                                                                    std::to_string(::getpid())}
{
    const int file = check(::open(source_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600), source_.c_str());
    std::vector<char> block(mib);
    for (std::size_t i = 0; i != block.size(); ++i)
        block[i] = static_cast<char>(i * 31 % 251);
    for (std::uint64_t done = 0; done < bytes; done += block.size())
        check(::write(file, block.data(), block.size()), "write");
    check(::fdatasync(file), "fdatasync"); // so that nothing writes it back while others are measured
    ::close(file);
}

files::~files()
{
    ::unlink(source_.c_str());
    ::unlink(sink_.c_str());
}

int files::open_source() const
{
    return check(::open(source_.c_str(), O_RDONLY | O_CLOEXEC), source_.c_str());
}

int files::open_empty_sink() const
{
    ::unlink(sink_.c_str());
    return check(::open(sink_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600), sink_.c_str());
}

std::uint64_t files::sink_size() const
{
    struct stat status
    {};
    check(::stat(sink_.c_str(), &status), sink_.c_str());
    return static_cast<std::uint64_t>(status.st_size);
}

namespace {

sample run_with_peers(const contender& who, scenario what, const settings& with, const files& on)
{
    wiring wires = wire(what, with, on);
    const std::uint64_t bytes = wires.to_do.bytes;
    std::vector<child> peers;
    for (const int far : wires.receivers)
        peers.emplace_back(std::vector{far}, [=, &with] { return receive_all(far, with.discard); });
    for (const int far : wires.producers)
        peers.emplace_back(std::vector{far}, [=] { return produce(far, bytes); });

    std::vector<int> own;
    for (const ends& connection : wires.to_do.connections)
        own.insert(own.end(), {connection.source, connection.sink});
    child mover{own, [&] { return run(who, wires.to_do); }};

    // The processes see the end of a stream only when nobody else holds its descriptor.
    for (const std::vector<int>& descriptors : {own, wires.receivers, wires.producers})
        for (const int descriptor : descriptors)
            ::close(descriptor);
    const auto result = mover.result<sample>();
    for (child& peer : peers)
        if (peer.result<std::uint64_t>() != bytes)
            throw std::runtime_error{who.name + ": bytes are missing"};
    if (what == scenario::file_to_file && on.sink_size() != bytes)
        throw std::runtime_error{who.name + ": the file is not complete"};
    return result;
}

} // namespace

sample measure(const contender& who, scenario what, const settings& with, const files& on)
{
    const double before = cpu_seconds(used(RUSAGE_CHILDREN));
    sample result = run_with_peers(who, what, with, on);
    result.all_cpu_seconds = cpu_seconds(used(RUSAGE_CHILDREN)) - before;
    return result;
}

} // namespace benchmark

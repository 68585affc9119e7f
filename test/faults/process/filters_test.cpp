// Distributed under the Boost Software License, Version 1.0.
//
// The system refuses a call from the start, or from the middle of a copy on: the bytes arrive all the same. In children,
// because what is refused stays refused.
#include "support/cold_source.hpp"
#include "support/disk_ends.hpp"
#include "support/fake_kernel.hpp"
#include "support/filter.hpp"
#include "support/opaque_stream.hpp"
#include "support/sanitized.hpp"

#include <kernel_copy/async_kernel_relay.hpp>

#include <cstdio>
#include <functional>
#include <set>
#include <string>
#include <vector>

using namespace test;
using kernel_copy::copy_options;

namespace {

constexpr int cannot_run = 77;
constexpr std::size_t size = 1'500'000;

struct refusal
{
    const char* name;
    long number;
    int error;
};

std::vector<refusal> refusals()
{
    constexpr long cachestat = 451; // newer than some headers
    std::vector<refusal> all;
    for (const int error : {ENOSYS, EPERM})
        for (const auto& [name, number] :
             {std::pair{"copy_file_range", long{SYS_copy_file_range}}, std::pair{"sendfile", long{SYS_sendfile}},
              std::pair{"splice", long{SYS_splice}}, std::pair{"pipe2", long{SYS_pipe2}},
              std::pair{"cachestat", cachestat}, std::pair{"preadv2", long{SYS_preadv2}}})
            all.push_back({name, number, error});
    return all;
}

/// When the refusal begins: before the first call, or before this transfer.
class turning_kernel : public fake_kernel
{
public:
    turning_kernel(const refusal& what, std::size_t transfer) : what_{what}, left_{transfer}
    {
        instead = [this](const std::string& name, std::size_t, std::uint64_t) -> answer {
            static const std::set<std::string> transfers{"copy_file_range", "sendfile", "splice", "read", "recv",
                                                         "read_if_ready",   "write",    "send"};
            if (transfers.contains(name) && left_ != 0 && --left_ == 0)
                turn();
            return {};
        };
    }
    /// When all that the test itself needs is there.
    void begin()
    {
        if (left_ == 0)
            turn();
    }
    [[nodiscard]] bool could_not() const noexcept { return failed_; }

private:
    void turn() { failed_ = !forbid(what_.number, what_.error); }

    refusal what_;
    std::size_t left_;
    bool failed_ = false;
    kernel_copy::detail::kernel_replacement replaced_{*this};
};

/// What a child does with a kernel that refuses, or is about to. Says what is wrong on the standard error.
using scenario = std::function<int(turning_kernel&)>;

int judge(const turning_kernel& kernel, const outcome& result, const std::string& arrived, const std::string& expected)
{
    if (kernel.could_not())
        return cannot_run;
    if (result.done && !result.error && result.bytes == expected.size() && arrived == expected)
        return 0;
    std::fprintf(stderr, "%s: %s, %llu bytes reported, %zu arrived, equal up to %zu\n", result.done ? "ended" : "hangs",
                 result.error.message().c_str(), static_cast<unsigned long long>(result.bytes), arrived.size(),
                 first_difference(arrived, expected));
    return 1;
}

template <class Source, class Sink>
int copies_whole(turning_kernel& kernel, disk how)
{
    asio::io_context io;
    const std::string bytes = content(size);
    Source source{io, bytes};
    Sink sink{io};
    outcome result;
    kernel.begin();
    kernel_copy::async_kernel_copy(source.end(), sink.end(), {.disk = how, .turn_budget = 100'000}, result.handler());
    run_until(io, [&] { return result.done; });
    sink.finish();
    run(io);
    return judge(kernel, result, sink.bytes(), bytes);
}

/// A header and a small range, as often as it takes to make some calls.
int sends_small_ranges(turning_kernel& kernel, disk how)
{
    asio::io_context io;
    const std::string bytes = content(10'000);
    disk_file_source source{io, bytes};
    local_sink sink{io};
    kernel.begin();
    std::string expected;
    outcome all{.done = true};
    for (int i = 0; i != 5; ++i)
    {
        std::string header = "header " + std::to_string(i);
        expected += header + bytes;
        outcome result;
        kernel_copy::async_kernel_copy(
            kernel_copy::prefixed(asio::dynamic_buffer(header), kernel_copy::file_range(source.end(), 0, bytes.size())),
            sink.end(), {.disk = how}, result.handler());
        run_until(io, [&] { return result.done; });
        all.bytes += result.bytes;
        all.error = all.error ? all.error : result.error;
    }
    sink.finish();
    run(io);
    return judge(kernel, all, sink.bytes(), expected);
}

int relays(turning_kernel& kernel)
{
    asio::io_context io;
    auto a = tcp_pair(io);
    auto b = local_pair(io);
    const std::string out = content(size);
    const std::string back = content(size, size);
    std::string heard_by_b;
    std::string heard_by_a;
    collect(b.second, heard_by_b);
    collect(a.second, heard_by_a);
    asio::async_write(a.second, asio::buffer(out),
                      [&](error_code, std::size_t) { a.second.shutdown(asio::socket_base::shutdown_send); });
    asio::async_write(b.second, asio::buffer(back),
                      [&](error_code, std::size_t) { b.second.shutdown(asio::socket_base::shutdown_send); });
    outcome result;
    kernel.begin();
    kernel_copy::async_kernel_relay(
        a.first, b.first, [done = result.handler()](error_code e, const kernel_copy::relay_result& r) mutable {
            done(e, r.a_to_b.bytes + r.b_to_a.bytes);
        });
    run(io);
    return judge(kernel, result, heard_by_b + heard_by_a, out + back);
}

struct named_scenario
{
    std::string name;
    scenario does;
};

std::vector<named_scenario> scenarios()
{
    std::vector<named_scenario> all{{"relay", relays}};
    const auto add = [&](const std::string& name, disk how, auto function) {
        const char* const where = how == disk::inline_ ? " inline" : how == disk::always ? " always" : " when_cold";
        all.push_back({name + where, [how, function](turning_kernel& k) { return function(k, how); }});
    };
    for (const disk how : all_disks)
    {
        add("file to file", how, copies_whole<disk_file_source, disk_file_sink>);
        add("warm file to socket", how, copies_whole<disk_file_source, tcp_sink>);
        add("cold file to socket", how, copies_whole<cold_source, tcp_sink>);
        add("warm file to pipe", how, copies_whole<disk_file_source, pipe_sink>);
        add("cold file to pipe", how, copies_whole<cold_source, pipe_sink>);
        add("warm file to stream", how, copies_whole<disk_file_source, opaque_sink>);
        add("cold file to stream", how, copies_whole<cold_source, opaque_sink>);
        add("file on tmpfs to stream", how, copies_whole<tmpfs_file_source, opaque_sink>);
        add("small ranges", how, sends_small_ranges);
        add("socket to file", how, copies_whole<tcp_source, disk_file_sink>);
        add("pipe to file", how, copies_whole<pipe_source, disk_file_sink>);
    }
    add("socket to socket", disk::inline_, copies_whole<tcp_source, local_sink>);
    add("pipe to socket", disk::inline_, copies_whole<pipe_source, tcp_sink>);
    add("socket to pipe", disk::inline_, copies_whole<local_source, pipe_sink>);
    return all;
}

void all_arrives_when_it_is_refused_at(std::size_t transfer)
{
    bool could_not = false;
    std::size_t n = 0;
    for (const refusal& what : refusals())
        for (const named_scenario& s : scenarios())
        {
            if (sanitized && ++n % 5 != 0) // each child takes long then
                continue;
            const int status = in_child([&] {
                turning_kernel kernel{what, transfer};
                return s.does(kernel);
            });
            could_not = could_not || status == cannot_run;
            BOOST_TEST((status == 0 || status == cannot_run), s.name << ": " << what.name << " gives " << what.error
                                                                     << " from transfer " << transfer
                                                                     << " on: " << status);
        }
    if (could_not)
        BOOST_TEST_MESSAGE("left out in part: no filter could be installed");
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(refused_calls, descriptor_balance)

BOOST_AUTO_TEST_CASE(from_the_start)
{
    all_arrives_when_it_is_refused_at(0);
}

BOOST_AUTO_TEST_CASE(from_the_middle_of_a_copy_on)
{
    for (const std::size_t transfer : {3u, 4u}) // with a pipe or a buffer that is empty, and one that is not
        all_arrives_when_it_is_refused_at(transfer);
}

BOOST_AUTO_TEST_SUITE_END()

// Distributed under the Boost Software License, Version 1.0.
#include "support/disk_ends.hpp"
#include "support/fuse_file_system.hpp"

using namespace test;
using kernel_copy::copy_options;
using kernel_copy::method;
using kernel_copy::method_set;

namespace {

using steady = std::chrono::steady_clock;

constexpr std::uint64_t rate = 1'000'000;
constexpr std::size_t size = 400'000;

/// Copies at the rate, and looks at the counters meanwhile.
template <class Source, class Sink>
void keeps_the_rate(asio::io_context& io, Source& source, Sink& sink, copy_options options)
{
    kernel_copy::monitor counters;
    options.max_bytes_per_second = rate;
    options.monitor = &counters;
    outcome result;
    const auto begin = steady::now();
    kernel_copy::async_kernel_copy(source, sink.end(), options, result.handler());
    unsigned rises = 0;
    std::uint64_t before = 0;
    run_until(io, [&] {
        const std::uint64_t now = counters.delivered();
        BOOST_TEST(now >= before);
        rises += now > before && !result.done ? 1 : 0;
        before = now;
        return result.done;
    });
    const std::chrono::duration<double> took = steady::now() - begin;
    sink.finish();
    run(io);
    BOOST_TEST(!result.error);
    CHECK_SAME_BYTES(sink.bytes(), content(size));
    // A tenth of the rate may come in one burst.
    BOOST_TEST(took.count() * rate >= size - rate / 10.0 - rate / 20.0);
    BOOST_TEST(took.count() < 5.0 * size / rate);
    BOOST_TEST(rises >= 5u);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(disk_rate, balance)

BOOST_AUTO_TEST_CASE(of_a_cold_file, *boost::unit_test::precondition(fuse_here))
{
    for (const auto& methods : {method_set{}, method_set{method::buffer}})
    {
        const fuse_file_system file_system{{{.size = size}}, {.delay = std::chrono::milliseconds{5}}};
        asio::io_context io;
        auto file = open_file(io, file_system.path());
        tcp_sink sink{io};
        keeps_the_rate(io, file, sink, {.methods = methods});
    }
}

BOOST_AUTO_TEST_CASE(of_a_file_that_workers_read)
{
    asio::io_context io;
    disk_file_source source{io, content(size)};
    tcp_sink sink{io};
    keeps_the_rate(io, source.end(), sink, {.disk = disk::always});
}

BOOST_AUTO_TEST_CASE(file_to_file)
{
    asio::io_context io;
    disk_file_source source{io, content(size)};
    for (const auto& methods : {method_set{}, method_set{method::sendfile}, method_set{method::buffer}})
    {
        source.end().seek(0, kernel_copy::file::seek_set);
        disk_file_sink sink{io};
        keeps_the_rate(io, source.end(), sink, {.methods = methods});
    }
}

BOOST_AUTO_TEST_CASE(socket_to_file)
{
    for (const auto& methods : {method_set{}, method_set{method::buffer}})
    {
        asio::io_context io;
        tcp_source source{io, content(size)};
        disk_file_sink sink{io};
        keeps_the_rate(io, source.end(), sink, {.methods = methods});
    }
}

BOOST_AUTO_TEST_SUITE_END()

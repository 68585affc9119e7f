// Distributed under the Boost Software License, Version 1.0.
//
// Steps of workers that are held up: what is written to files, and all that is read from them.
#include "support/disk_ends.hpp"
#include "support/held_kernel.hpp"

#include <tuple>

using namespace test;
using kernel_copy::copy_options;
using kernel_copy::exactly;
using kernel_copy::file_range;
using kernel_copy::method;
using kernel_copy::page_sharing;
using kernel_copy::prefixed;
using kernel_copy::take;

namespace {

constexpr std::size_t size = 300'000;

/// The first step, and the last, wait while others go on.
template <class Source, class Sink>
void steps_hold_up_nobody(held_kernel& kernel, Source& source, Sink& sink, asio::io_context& io,
                          const copy_options& options, const std::string& expected)
{
    outcome result;
    kernel_copy::async_kernel_copy(source, sink.end(), options, result.handler());
    for (std::size_t step = 1; step != 4; ++step)
    {
        // On the way to its next step it may have to wait for an end, which then runs first.
        run_until(io, [&] {
            asio::post(io, [] {});
            return result.done || kernel.steps() >= step;
        });
        if (result.done)
            break;
        others_go_on(io);
        BOOST_TEST(!result.done);
        BOOST_TEST(kernel.steps() <= step + 1); // one from the source, one to the sink
        kernel.let_pass(1);
    }
    kernel.open();
    run_until(io, [&] { return result.done; });
    BOOST_TEST(kernel.steps() > 0u);
    sink.finish();
    run(io);
    BOOST_TEST(!result.error, result.error.message());
    BOOST_TEST(result.bytes == expected.size());
    CHECK_SAME_BYTES(sink.bytes(), expected);
}

template <class Source, class Sink>
void steps_hold_up_nobody(const copy_options& options)
{
    held_kernel kernel;
    asio::io_context io;
    const std::string bytes = content(size);
    Source source{io, bytes};
    Sink sink{io};
    steps_hold_up_nobody(kernel, source.end(), sink, io, options, bytes);
}

using streams = std::tuple<tcp_source, local_source, pipe_source, asio_pipe_source, opaque_source>;
using sinks = std::tuple<tcp_sink, local_sink, pipe_sink, terminal_sink, opaque_sink, disk_file_sink, tmpfs_file_sink>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(disk_steps, balance)

BOOST_AUTO_TEST_CASE_TEMPLATE(writes_to_a_file_hold_up_nobody, Source, streams)
{
    for (const copy_options& way : {copy_options{}, {.methods = {method::buffer}}, {.disk = disk::always}})
    {
        steps_hold_up_nobody<Source, disk_file_sink>(way);
        steps_hold_up_nobody<Source, tmpfs_file_sink>(way);
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(nor_do_reads_from_one, Sink, sinks)
{
    for (const copy_options& way : {copy_options{.disk = disk::always},
                                    {.methods = {method::buffer}, .disk = disk::always},
                                    {.page_sharing = page_sharing::forbid, .disk = disk::always}})
        steps_hold_up_nobody<disk_file_source, Sink>(way);
}

BOOST_AUTO_TEST_CASE(nor_do_file_to_file_and_its_views)
{
    using kernel_copy::method_set;
    asio::io_context io;
    disk_file_source source{io, content(size)};
    auto& file = source.end();
    for (const method_set& methods : {method_set{}, method_set{method::sendfile}, method_set{method::buffer}})
    {
        const copy_options way{.methods = methods};
        const auto check = [&](auto&& from, const std::string& expected) {
            held_kernel kernel;
            file.seek(0, kernel_copy::file::seek_set);
            disk_file_sink sink{io};
            steps_hold_up_nobody(kernel, from, sink, io, way, expected);
        };
        check(file, content(size));
        check(file_range(file, 10'001, 200'000), content(200'000, 10'001));
        check(file_range(file, 10'001), content(size - 10'001, 10'001));
        check(take(file, 100'001), content(100'001));
        check(exactly(file, 100'001), content(100'001));
        std::string first = content(777, 1 << 20);
        const std::string all = first + content(size);
        check(prefixed(asio::dynamic_buffer(first), file), all);
        BOOST_TEST(first.empty());
    }
}

BOOST_AUTO_TEST_CASE(P23_what_is_in_flight_goes_out_while_a_step_waits)
{
    // The sink is full, then takes all, while the step has yet to bring more.
    for (const copy_options& way : {copy_options{}, {.methods = {method::buffer}}})
    {
        held_kernel kernel;
        asio::io_context io;
        disk_file_source source{io, content(3'000'000)};
        receiver peer{io};
        kernel_copy::monitor counters;
        outcome result;
        kernel_copy::async_kernel_copy(source.end(), peer.sink(),
                                       {.methods = way.methods, .disk = disk::always, .monitor = &counters},
                                       result.handler());
        for (std::size_t step = 1; counters.in_flight() == 0; ++step)
        {
            kernel.let_pass(1);
            run_until(io, [&] {
                asio::post(io, [] {});
                return kernel.steps() > step;
            });
            settle(io);
        }
        std::string arrived;
        run_until(io, [&] {
            asio::post(io, [] {});
            arrived += peer.arrived();
            return counters.in_flight() == 0;
        });
        arrived += peer.arrived();
        BOOST_TEST(arrived.size() == counters.taken());
        BOOST_TEST(!result.done);
        kernel.open();
        run_until(io, [&] {
            arrived += peer.arrived();
            return result.done;
        });
        arrived += peer.arrived();
        CHECK_SAME_BYTES(arrived, content(3'000'000));
    }
}

BOOST_AUTO_TEST_CASE(P23_an_end_that_comes_while_a_step_waits_is_seen_after_it)
{
    for (const copy_options& way : {copy_options{}, {.methods = {method::buffer}}})
    {
        held_kernel kernel;
        asio::io_context io;
        auto sockets = local_pair(io);
        disk_file_sink sink{io};
        outcome result;
        kernel_copy::async_kernel_copy(sockets.first, sink.end(), way, result.handler());
        asio::write(sockets.second, asio::buffer(content(1000)));
        run_until(io, [&] {
            asio::post(io, [] {});
            return kernel.steps() == 1;
        });
        asio::write(sockets.second, asio::buffer(content(500, 1000)));
        sockets.second.close();
        settle(io);
        BOOST_TEST(!result.done);
        kernel.open();
        run_until(io, [&] { return result.done; });
        BOOST_TEST(!result.error);
        CHECK_SAME_BYTES(sink.bytes(), content(1500));
    }
}

BOOST_AUTO_TEST_CASE(inline_has_no_steps)
{
    const copy_options way{.disk = disk::inline_};
    held_kernel kernel;
    asio::io_context io;
    for (int i = 0; i != 2; ++i)
    {
        disk_file_source source{io, content(size)};
        disk_file_sink sink{io};
        if (i == 0)
            copy(io, source.end(), sink.end(), way);
        else
        {
            tcp_source peer{io, content(size)};
            copy(io, peer.end(), sink.end(), way);
        }
        CHECK_SAME_BYTES(sink.bytes(), content(size));
    }
    BOOST_TEST(kernel.steps() == 0u);
    BOOST_TEST(asio::use_service<kernel_copy::disk_workers>(io).threads() == 0u);
}

BOOST_AUTO_TEST_CASE(what_is_warm_has_no_steps)
{
    held_kernel kernel;
    asio::io_context io;
    disk_file_source source{io, content(size)};
    for (const copy_options& way : {copy_options{}, {.methods = {method::buffer}}})
    {
        source.end().seek(0, kernel_copy::file::seek_set);
        tcp_sink sink{io};
        outcome result;
        kernel_copy::async_kernel_copy(source.end(), sink.end(), way, result.handler());
        run_until(io, [&] { return result.done; });
        sink.finish();
        run(io);
        CHECK_SAME_BYTES(sink.bytes(), content(size));
    }
    BOOST_TEST(kernel.steps() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

// Distributed under the Boost Software License, Version 1.0.
//
// P21: a header and the file that follows it leave together, and nothing is held back for more that does not come.
#include "support/disk_ends.hpp"
#include "support/fuse_file_system.hpp"
#include "support/held_kernel.hpp"
#include "support/page_cache.hpp"
#include "support/tcp_segments.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <netinet/tcp.h>
#include <poll.h>

using namespace test;
using asio::cancellation_type;
using kernel_copy::copy_options;
using kernel_copy::exactly;
using kernel_copy::file_range;
using kernel_copy::method;
using kernel_copy::method_set;
using kernel_copy::prefixed;

namespace {

using steady = std::chrono::steady_clock;

/// What a kernel holds back leaves after 200 ms.
constexpr std::chrono::milliseconds soon{150};

const std::string header = content(200, 1 << 20);

std::vector<copy_options> all_ways()
{
    std::vector<copy_options> ways;
    for (const disk d : all_disks)
        for (const auto& methods : {method_set{}, method_set{method::buffer}})
            ways.push_back({.methods = methods, .disk = d});
    return ways;
}

/// A connection whose sender does as the system does by default.
struct wire
{
    explicit wire(asio::io_context& io) : ends{tcp_pair(io)} {}

    /// All that is to come, and whether it was there soon after now.
    bool brings(std::uint64_t bytes)
    {
        const auto begin = steady::now();
        ends.second.non_blocking(true);
        while (arrived.size() < bytes && steady::now() < begin + patience)
        {
            pollfd ready{ends.second.native_handle(), POLLIN, 0};
            ::poll(&ready, 1, 10);
            arrived += read_now(ends.second);
        }
        return steady::now() - begin < soon;
    }

    std::pair<tcp::socket, tcp::socket> ends;
    std::string arrived{};
};

/// Is it so at least once in five times? The machine may be busy.
template <class Attempt>
bool at_best(Attempt attempt)
{
    for (int i = 0; i != 5; ++i)
        if (attempt())
            return true;
    return false;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(disk_header, balance)

BOOST_AUTO_TEST_CASE(a_header_and_a_small_file_are_one_segment)
{
    temp_dir dir;
    for (const std::size_t size : {1000u, 30'000u})
        for (const copy_options& way : all_ways())
            for (const auto& [cold, ranged] : {std::pair{false, false}, {true, false}, {false, true}, {true, true}})
            {
                asio::io_context io;
                write_file(dir.path("in"), content(size));
                if (cold)
                    drop_cache(dir.path("in"));
                auto file = open_file(io, dir.path("in"));
                wire w{io};
                std::string first = header;
                const unsigned before = data_segments_sent(w.ends.first.native_handle());
                auto bytes = asio::dynamic_buffer(first);
                const outcome result = ranged ? copy(io, prefixed(bytes, file_range(file, 0, size)), w.ends.first, way)
                                              : copy(io, prefixed(bytes, file), w.ends.first, way);
                BOOST_TEST(!result.error);
                w.brings(header.size() + size);
                BOOST_TEST(data_segments_sent(w.ends.first.native_handle()) - before == 1u);
                CHECK_SAME_BYTES(w.arrived, header + content(size));
            }
}

BOOST_AUTO_TEST_CASE(the_tail_of_a_file_is_not_held_back)
{
    temp_dir dir;
    for (const std::size_t size : {65'536u + 1, 200'001u})
    {
        write_file(dir.path("in"), content(size));
        for (const copy_options& way : all_ways())
            for (const bool with_header : {false, true})
                BOOST_TEST(at_best([&] {
                    drop_cache(dir.path("in"));
                    asio::io_context io;
                    auto file = open_file(io, dir.path("in"));
                    wire w{io};
                    std::string first = with_header ? header : "";
                    const std::string all = first + content(size);
                    copy(io, prefixed(asio::dynamic_buffer(first), file), w.ends.first, way);
                    const bool in_time = w.brings(all.size());
                    CHECK_SAME_BYTES(w.arrived, all);
                    return in_time;
                }));
    }
}

BOOST_AUTO_TEST_CASE(nor_is_the_tail_of_a_part_of_one)
{
    temp_dir dir;
    write_file(dir.path("in"), content(300'000));
    for (const copy_options& way : all_ways())
        BOOST_TEST(at_best([&] {
            drop_cache(dir.path("in"));
            asio::io_context io;
            auto file = open_file(io, dir.path("in"));
            wire w{io};
            copy(io, file_range(file, 1001, 100'001), w.ends.first, way);
            const bool in_time = w.brings(100'001);
            CHECK_SAME_BYTES(w.arrived, content(100'001, 1001));
            return in_time;
        }));
}

BOOST_AUTO_TEST_CASE(nothing_is_held_back_when_reads_fail, *boost::unit_test::precondition(fuse_here))
{
    for (const std::uint64_t broken_from : {0u, 98'304u})
        for (const copy_options& way : all_ways())
            BOOST_TEST(at_best([&] {
                const fuse_file_system file_system{{{.size = 300'000, .error_from = broken_from}}};
                asio::io_context io;
                auto file = open_file(io, file_system.path());
                wire w{io};
                std::string first = header;
                const outcome result = copy(io, prefixed(asio::dynamic_buffer(first), file), w.ends.first, way);
                const bool in_time = w.brings(result.bytes);
                BOOST_TEST(result.error == failure(EIO));
                CHECK_SAME_BYTES(w.arrived, header + content(broken_from));
                return in_time;
            }));
}

BOOST_AUTO_TEST_CASE(nor_when_the_file_is_shorter_than_it_was)
{
    temp_dir dir;
    for (const std::size_t size : {0u, 1000u, 30'000u})
        for (const copy_options& way : all_ways())
            BOOST_TEST(at_best([&] {
                write_file(dir.path("in"), content(size));
                asio::io_context io;
                auto file = open_file(io, dir.path("in"));
                wire w{io};
                std::string first = header;
                const outcome result =
                    copy(io, prefixed(asio::dynamic_buffer(first), exactly(file, 50'000)), w.ends.first, way);
                const bool in_time = w.brings(result.bytes);
                BOOST_TEST(result.error == failure(errc::source_truncated));
                CHECK_SAME_BYTES(w.arrived, header + content(size));
                return in_time;
            }));
}

BOOST_AUTO_TEST_CASE(nor_when_the_file_is_cut_short_behind_the_header)
{
    for (const bool owed : {false, true})
        for (const auto& methods : {method_set{}, method_set{method::buffer}})
            BOOST_TEST(at_best([&] {
                held_kernel kernel;
                temp_dir dir;
                write_file(dir.path("in"), content(100'000));
                asio::io_context io;
                auto file = open_file(io, dir.path("in"), kernel_copy::file::read_write);
                wire w{io};
                std::string first = header;
                outcome result;
                auto all = prefixed(asio::dynamic_buffer(first), exactly(file, 100'000));
                auto rest = prefixed(asio::dynamic_buffer(first), file);
                const copy_options options{.methods = methods, .disk = disk::always};
                if (owed)
                    kernel_copy::async_kernel_copy(all, w.ends.first, options, result.handler());
                else
                    kernel_copy::async_kernel_copy(rest, w.ends.first, options, result.handler());
                BOOST_TEST(kernel.come(1));
                file.resize(0);
                kernel.open();
                run_until(io, [&] { return result.done; });
                const bool in_time = w.brings(header.size());
                BOOST_TEST(result.error == (owed ? failure(errc::source_truncated) : error_code{}));
                BOOST_TEST(result.bytes == header.size());
                CHECK_SAME_BYTES(w.arrived, header);
                return in_time;
            }));
}

BOOST_AUTO_TEST_CASE(nor_when_the_copy_is_asked_to_stop)
{
    for (const std::size_t step : {1u, 2u})
        for (const auto& methods : {method_set{}, method_set{method::buffer}})
            for (const auto type : {cancellation_type::total, cancellation_type::partial, cancellation_type::terminal})
                BOOST_TEST(at_best([&] {
                    held_kernel kernel{step - 1};
                    kernel.cut_steps_to(30'000);
                    asio::io_context io;
                    disk_file_source source{io, content(100'000)};
                    wire w{io};
                    std::string first = header;
                    asio::cancellation_signal signal;
                    outcome result;
                    kernel_copy::async_kernel_copy(prefixed(asio::dynamic_buffer(first), source.end()), w.ends.first,
                                                   {.methods = methods, .disk = disk::always},
                                                   asio::bind_cancellation_slot(signal.slot(), result.handler()));
                    run_until(io, [&] {
                        asio::post(io, [] {});
                        return kernel.steps() >= step;
                    });
                    settle(io);
                    signal.emit(type);
                    settle(io);
                    kernel.open();
                    run_until(io, [&] { return result.done; });
                    const bool in_time = w.brings(result.bytes);
                    const bool ignored = type == cancellation_type::total; // the header was taken
                    BOOST_TEST(result.error == (ignored ? error_code{} : asio::error::operation_aborted));
                    BOOST_TEST(result.bytes >= header.size());
                    BOOST_TEST(position_of(source.end().native_handle()) == result.bytes - header.size());
                    CHECK_SAME_BYTES(w.arrived, (header + content(100'000)).substr(0, result.bytes));
                    return in_time;
                }));
}

BOOST_AUTO_TEST_CASE(a_cork_of_the_users_stays)
{
    using cork = asio::detail::socket_option::boolean<IPPROTO_TCP, TCP_CORK>;
    temp_dir dir;
    write_file(dir.path("in"), content(1000));
    for (const bool corked : {false, true})
        for (const bool owed : {false, true})
            for (const copy_options& way : all_ways())
            {
                asio::io_context io;
                auto file = open_file(io, dir.path("in"));
                wire w{io};
                w.ends.first.set_option(cork{corked});
                std::string first = header;
                auto all = prefixed(asio::dynamic_buffer(first), exactly(file, owed ? 5000 : 1000));
                copy(io, all, w.ends.first, way);
                cork now;
                w.ends.first.get_option(now);
                BOOST_TEST(now.value() == corked);
                if (corked)
                    BOOST_TEST(read_now(w.ends.second).empty()); // it is the user's to send
                w.ends.first.set_option(cork{false});
                w.brings(1200);
                CHECK_SAME_BYTES(w.arrived, header + content(1000));
            }
}

BOOST_AUTO_TEST_SUITE_END()

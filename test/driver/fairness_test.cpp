// Distributed under the Boost Software License, Version 1.0.
#include "support/content.hpp"
#include "support/ends.hpp"

using namespace test;
using kernel_copy::async_kernel_copy;
using kernel_copy::copy_options;
using kernel_copy::method;

BOOST_FIXTURE_TEST_SUITE(fairness, descriptor_balance)

BOOST_AUTO_TEST_CASE(invariant_13_at_most_the_turn_budget_moves_between_two_turns_of_others, *needs_kernel_methods)
{
    asio::io_context io;
    temp_dir dir;
    const std::string bytes = content(1'000'000);
    write_file(dir.path("in"), bytes);
    auto in = open_file(io, dir.path("in"));
    for (const auto& methods : {kernel_copy::method_set{}, kernel_copy::method_set{method::sendfile},
                                kernel_copy::method_set{method::buffer}})
    {
        auto out = create_file(io, dir.path("out"));
        constexpr std::uint64_t budget = 30'000;
        kernel_copy::monitor counters;
        outcome result;
        std::uint64_t seen = 0;
        std::uint64_t largest_step = 0;
        std::size_t turns = 0;
        std::function<void()> other = [&] {
            largest_step = std::max(largest_step, counters.delivered() - seen);
            seen = counters.delivered();
            ++turns;
            if (!result.done)
                asio::post(io, other);
        };
        asio::post(io, other);
        async_kernel_copy(
            kernel_copy::file_range(in, 0), out,
            {.methods = methods, .disk = kernel_copy::disk::inline_, .turn_budget = budget, .monitor = &counters},
            result.handler());
        run(io);
        BOOST_TEST(result.bytes == bytes.size());
        BOOST_TEST(largest_step <= budget);
        BOOST_TEST(largest_step > 0u);
        BOOST_TEST(turns >= bytes.size() / budget);
        BOOST_TEST(counters.yields() == bytes.size() / budget);
        CHECK_SAME_BYTES(read_file(dir.path("out")), bytes);
    }
}

BOOST_AUTO_TEST_CASE(invariant_13_copies_take_turns)
{
    // Two copies of equal length on one thread end within a turn or so of each other.
    asio::io_context io;
    temp_dir dir;
    write_file(dir.path("in"), content(1'000'000));
    auto in = open_file(io, dir.path("in"));
    auto first_out = create_file(io, dir.path("out 1"));
    auto second_out = create_file(io, dir.path("out 2"));
    kernel_copy::monitor first;
    kernel_copy::monitor second;
    std::uint64_t second_at_end_of_first = 0;
    async_kernel_copy(kernel_copy::file_range(in, 0), first_out,
                      {.disk = kernel_copy::disk::inline_, .turn_budget = 50'000, .monitor = &first},
                      [&](error_code, std::uint64_t) { second_at_end_of_first = second.delivered(); });
    async_kernel_copy(kernel_copy::file_range(in, 0), second_out,
                      {.disk = kernel_copy::disk::inline_, .turn_budget = 50'000, .monitor = &second},
                      [](error_code, std::uint64_t) {});
    run(io);
    BOOST_TEST(second_at_end_of_first >= 900'000u);
}

BOOST_AUTO_TEST_CASE(monitor_counts_live_by_method, *needs_kernel_methods)
{
    asio::io_context io;
    temp_dir dir;
    const std::string bytes = content(1'000'000);
    write_file(dir.path("in"), bytes);
    auto in = open_file(io, dir.path("in"));
    tcp_sink sink{io};
    kernel_copy::monitor counters;
    BOOST_TEST(!counters.current().has_value());
    outcome result;
    async_kernel_copy(in, sink.end(), {.turn_budget = 200'000, .monitor = &counters}, result.handler());
    BOOST_TEST(counters.delivered() > 0u); // live: the first calls are made at once
    BOOST_TEST(counters.delivered() < bytes.size());
    run_until(io, [&] { return result.done; });
    sink.finish();
    run(io);
    BOOST_TEST((counters.current() == method::sendfile));
    BOOST_TEST(counters.delivered() == bytes.size());
    BOOST_TEST(counters.bytes(method::sendfile) == bytes.size());
    BOOST_TEST(counters.calls(method::sendfile) >= 4u);
    BOOST_TEST(counters.waits() + counters.yields() > 0u);
    BOOST_TEST(!counters.given_up(method::sendfile));
}

BOOST_AUTO_TEST_CASE(monitor_tells_why_a_method_was_given_up_and_stays_after_an_error, *needs_kernel_methods)
{
    asio::io_context io;
    // sysfs knows no copy_file_range; /dev/full takes nothing.
    auto in = open_file(io, "/sys/kernel/mm/transparent_hugepage/enabled");
    temp_dir dir;
    auto out = create_file(io, dir.path("out"));
    kernel_copy::monitor counters;
    BOOST_TEST(copy(io, in, out, {.monitor = &counters}).bytes > 0u);
    BOOST_TEST(counters.given_up(method::copy_file_range).failed());
    BOOST_TEST((counters.current() != method::copy_file_range));

    write_file(dir.path("in"), content(1000));
    auto source = open_file(io, dir.path("in"));
    auto full = open_file(io, "/dev/full", kernel_copy::file::write_only);
    kernel_copy::monitor after_error;
    const outcome failed = copy(io, source, full, {.methods = {method::buffer}, .monitor = &after_error});
    BOOST_TEST(failed.error == failure(ENOSPC));
    BOOST_TEST(after_error.calls(method::buffer) == 2u);
    BOOST_TEST(after_error.taken() == 0u); // the bytes read were given back
    BOOST_TEST(after_error.delivered() == 0u);
}

BOOST_AUTO_TEST_CASE(invariant_13_single_bytes_use_a_turn_up_too)
{
    asio::io_context io;
    const std::string bytes = content(2000);
    temp_dir dir;
    write_file(dir.path("in"), bytes);
    auto file = open_file(io, dir.path("in"));
    auto out = create_file(io, dir.path("out"));
    kernel_copy::monitor counters;
    copy(io, file, out,
         {.methods = {kernel_copy::method::buffer},
          .disk = kernel_copy::disk::inline_,
          .buffer_size = 1,
          .monitor = &counters});
    BOOST_TEST(counters.yields() >= bytes.size() / 200);
    CHECK_SAME_BYTES(read_file(dir.path("out")), bytes);
}

BOOST_AUTO_TEST_SUITE_END()

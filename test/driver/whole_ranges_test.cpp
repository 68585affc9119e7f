// Distributed under the Boost Software License, Version 1.0.
//
// What a socket takes whole in the initiating function: there is neither an engine nor an operation for it.
#include "support/known_file.hpp"

#include <kernel_copy/detail/warm_stretch.hpp>

#include <algorithm>
#include <string>

using namespace test;
using kernel_copy::copy_options;
using kernel_copy::exactly;
using kernel_copy::file_range;
using kernel_copy::method;
using kernel_copy::monitor;
using kernel_copy::prefixed;
using kernel_copy::take;
using kernel_copy::detail::warm_stretch;

namespace {

constexpr std::size_t size = known_file::size;
constexpr std::size_t small = known_file::small;
constexpr std::size_t large = known_file::large;

const error_code truncated = kernel_copy::errc::source_truncated;

} // namespace

BOOST_FIXTURE_TEST_SUITE(whole_ranges, descriptor_balance, *needs_kernel_methods)

BOOST_AUTO_TEST_CASE(a_small_one_takes_two_calls_and_completes_later)
{
    known_file f;
    auto range = file_range(f.file, 1000, small);
    monitor counts;
    outcome result;
    kernel_copy::async_kernel_copy(range, f.to.sink(), {.monitor = &counts}, result.handler());
    BOOST_TEST(!result.done);
    BOOST_TEST(f.calls() == (names{"read_if_ready", "send"}));
    BOOST_TEST(range.offset() == 1000 + small);
    run(f.io);
    BOOST_TEST(result.done);
    BOOST_TEST(result.bytes == small);
    CHECK_SAME_BYTES(f.to.arrived(), f.bytes.substr(1000, small));
    BOOST_TEST(counts.delivered() == small);
    BOOST_TEST(counts.bytes(method::buffer) == small);
    BOOST_TEST(counts.system_calls() == 2u);
}

BOOST_AUTO_TEST_CASE(a_large_one_takes_one_question_and_sendfile)
{
    known_file f;
    f.kernel.clock = [&] { return f.time; };
    auto range = file_range(f.file, 1000, large);
    monitor counts;
    outcome result;
    kernel_copy::async_kernel_copy(range, f.to.sink(), {.monitor = &counts}, result.handler());
    BOOST_TEST(!result.done);
    BOOST_TEST(f.calls() == (names{"warm", "sendfile"}));
    BOOST_TEST(range.offset() == 1000 + large);
    run(f.io);
    BOOST_TEST(result.done);
    BOOST_TEST(result.bytes == large);
    CHECK_SAME_BYTES(f.to.arrived(), f.bytes.substr(1000, large));
    BOOST_TEST(counts.taken() == large);
    BOOST_TEST(counts.delivered() == large);
    BOOST_TEST(counts.bytes(method::sendfile) == large);
    BOOST_TEST((counts.current() == method::sendfile));
    BOOST_TEST(counts.system_calls() >= 2u);

    // The answer is believed for its time, and asked again after that; what is not to be asked is not.
    const auto again = [&](const copy_options& options = {}) {
        BOOST_TEST(copy(f.io, file_range(f.file, 2000, large - 1000), f.to.sink(), options).bytes == large - 1000);
        CHECK_SAME_BYTES(f.to.arrived(), f.bytes.substr(2000, large - 1000));
        return f.calls();
    };
    BOOST_TEST(again() == (names{"sendfile"}));
    f.time += warm_stretch::believed_for + 1;
    BOOST_TEST(again() == (names{"warm", "sendfile"}));
    f.time += warm_stretch::believed_for + 1;
    BOOST_TEST(again({.disk = kernel_copy::disk::inline_}) == (names{"sendfile"}));
}

BOOST_AUTO_TEST_CASE(what_goes_on_from_the_last_is_asked_for_together)
{
    known_file f;
    f.kernel.clock = [] { return std::uint64_t{1}; };
    std::string all;
    for (std::size_t at = 0; at != size; at += size / 8)
    {
        BOOST_TEST(copy(f.io, file_range(f.file, at, size / 8), f.to.sink()).bytes == size / 8);
        all += f.to.arrived();
    }
    const names made = f.calls();
    BOOST_TEST(std::count(made.begin(), made.end(), "sendfile") == 8);
    BOOST_TEST(std::count(made.begin(), made.end(), "warm") <= 4); // an eighth, one, two, and the other four
    CHECK_SAME_BYTES(all, f.bytes);
}

BOOST_AUTO_TEST_CASE(what_a_larger_copy_was_told_is_known_to_the_next)
{
    known_file f;
    f.kernel.clock = [] { return std::uint64_t{1}; };
    tcp_sink reader{f.io};
    outcome result;
    kernel_copy::async_kernel_copy(file_range(f.file, 0, size), reader.end(), {.turn_budget = 50'000},
                                   result.handler());
    run_until(f.io, [&] { return result.done; });
    reader.finish();
    run(f.io);
    CHECK_SAME_BYTES(reader.bytes(), f.bytes);
    f.calls();
    BOOST_TEST(copy(f.io, file_range(f.file, size - 30'000, 30'000), f.to.sink()).bytes == 30'000u);
    BOOST_TEST(f.calls() == (names{"sendfile"}));
    CHECK_SAME_BYTES(f.to.arrived(), f.bytes.substr(size - 30'000));
}

BOOST_AUTO_TEST_CASE(a_header_goes_before_it)
{
    known_file f;
    for (const std::size_t length : {small, large})
    {
        std::string header = "header";
        BOOST_TEST(
            copy(f.io, prefixed(asio::dynamic_buffer(header), file_range(f.file, 7, length)), f.to.sink()).bytes ==
            6 + length);
        BOOST_TEST(header.empty());
        CHECK_SAME_BYTES(f.to.arrived(), "header" + f.bytes.substr(7, length));
        BOOST_TEST(f.calls() == (length == small ? names{"read_if_ready", "send"} : names{"warm", "send", "sendfile"}));
    }
}

BOOST_AUTO_TEST_CASE(limits_around_it_are_exact)
{
    known_file f;
    for (const std::size_t length : {small, large})
    {
        auto range = file_range(f.file, 0, 2 * length);
        auto limited = take(range, length);
        BOOST_TEST(copy(f.io, limited, f.to.sink()).bytes == length);
        BOOST_TEST(limited.limit() == 0u);
        BOOST_TEST(range.length() == length);
        BOOST_TEST(range.offset() == length);
        CHECK_SAME_BYTES(f.to.arrived(), f.bytes.substr(0, length));
        f.calls();

        const outcome owed = copy(f.io, exactly(range, length + 1), f.to.sink());
        BOOST_TEST(owed.error == truncated);
        BOOST_TEST(owed.bytes == length);
        CHECK_SAME_BYTES(f.to.arrived(), f.bytes.substr(length, length));
        BOOST_TEST(f.calls().size() <= 2u);
    }
}

BOOST_AUTO_TEST_CASE(what_the_socket_takes_in_parts_goes_on)
{
    known_file f;
    for (const bool with_header : {false, true})
        for (const std::uint64_t cut : {std::uint64_t{1}, std::uint64_t{large - 1}})
        {
            std::string header = with_header ? "header" : "";
            const std::string all = header + f.bytes.substr(5, large);
            auto range = file_range(f.file, 5, large);
            f.cut_once(cut);
            monitor counts;
            outcome result;
            kernel_copy::async_kernel_copy(prefixed(asio::dynamic_buffer(header), range), f.to.sink(),
                                           {.monitor = &counts}, result.handler());
            BOOST_TEST(!result.done);
            run(f.io);
            BOOST_TEST(result.bytes == all.size());
            BOOST_TEST(counts.taken() == all.size());
            BOOST_TEST(counts.delivered() == all.size());
            BOOST_TEST(counts.bytes(method::sendfile) == large);
            CHECK_SAME_BYTES(f.to.arrived(), all);
        }
}

BOOST_AUTO_TEST_CASE(a_full_socket_is_waited_for)
{
    known_file f;
    auto pair = local_pair(f.io);
    const std::size_t filling = fill(pair.first);
    outcome result;
    kernel_copy::async_kernel_copy(file_range(f.file, 3, large), pair.first, result.handler());
    settle(f.io);
    BOOST_TEST(!result.done);
    std::string arrived;
    while (!result.done || arrived.size() < filling + large)
    {
        arrived += read_now(pair.second);
        f.io.restart();
        f.io.poll();
    }
    BOOST_TEST(result.bytes == large);
    CHECK_SAME_BYTES(arrived.substr(filling), f.bytes.substr(3, large));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_in_memory_is_for_a_worker)
{
    known_file f;
    f.kernel.instead = [](const std::string& call, std::size_t, std::uint64_t) -> fake_kernel::answer {
        return call == "warm" ? fake_kernel::answer{call_result{}} : std::nullopt;
    };
    BOOST_TEST(copy(f.io, file_range(f.file, 5, large), f.to.sink()).bytes == large);
    CHECK_SAME_BYTES(f.to.arrived(), f.bytes.substr(5, large));
    const names made = f.calls();
    BOOST_TEST(std::count(made.begin(), made.end(), "sendfile") == 0);
    BOOST_TEST(std::count(made.begin(), made.end(), "duplicate") == 1);
    BOOST_TEST(made.front() == "warm");
    BOOST_TEST((made.at(1) != "warm" && made.at(2) != "warm")); // it is not asked twice before the worker has read
}

BOOST_AUTO_TEST_SUITE_END()

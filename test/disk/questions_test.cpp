// Distributed under the Boost Software License, Version 1.0.
//
// How often the kernel is asked what of a file is in memory.
#include "support/content.hpp"
#include "support/ends.hpp"
#include "support/fake_kernel.hpp"

#include <kernel_copy/detail/warm_stretch.hpp>

using namespace test;
using kernel_copy::detail::kernel_replacement;
using kernel_copy::detail::warm_stretch;

namespace {

constexpr std::size_t mib = 1024 * 1024;
constexpr std::size_t size = 12 * mib;

/// Sends a file that has just been written.
void send(fake_kernel& kernel)
{
    const kernel_replacement replaced{kernel};
    asio::io_context io;
    temp_dir dir;
    const std::string bytes = content(size);
    write_file(dir.path("in"), bytes);
    auto file = open_file(io, dir.path("in"));
    tcp_sink sink{io};
    outcome result;
    kernel_copy::async_kernel_copy(file, sink.end(), {.turn_budget = 2 * mib}, result.handler());
    run_until(io, [&] { return result.done; });
    sink.finish();
    run(io);
    BOOST_TEST(!result.error, result.error.message());
    CHECK_SAME_BYTES(sink.bytes(), bytes);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(questions, descriptor_balance, *needs_kernel_methods)

BOOST_AUTO_TEST_CASE(a_file_in_memory_is_asked_for_in_four_questions)
{
    fake_kernel kernel;
    kernel.clock = [] { return std::uint64_t{1}; };
    send(kernel);
    BOOST_TEST(kernel.count("warm") == 4u); // 1, 2, 4 and the last 5 MiB
    BOOST_TEST(kernel.largest("warm") == 5 * mib);
}

BOOST_AUTO_TEST_CASE(in_each_turn_if_a_turn_takes_longer_than_the_kernel_is_believed_for)
{
    fake_kernel kernel;
    kernel.clock = [now = std::uint64_t{1}]() mutable { return now += warm_stretch::believed_for + 1; };
    send(kernel);
    BOOST_TEST(kernel.count("warm") >= size / (2 * mib));
    BOOST_TEST(kernel.largest("warm") <= 2 * mib);
}

BOOST_AUTO_TEST_SUITE_END()

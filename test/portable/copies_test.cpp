// Distributed under the Boost Software License, Version 1.0.
#include "world.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

using namespace portable;
using kernel_copy::async_kernel_copy;
using kernel_copy::method;

BOOST_FIXTURE_TEST_SUITE(copies, world)

BOOST_AUTO_TEST_CASE(socket_to_socket)
{
    connection in{io};
    connection out{io};
    const writer sent{in.theirs, test::content(5'000'003)};
    kernel_copy::monitor monitor;
    copy_ending copied;
    const reader received{out.theirs};
    async_kernel_copy(in.ours, out.ours, {.monitor = &monitor},
                      [&, told = copied.handler()](const error_code& error, std::uint64_t n) {
                          told(error, n);
                          out.ours.shutdown(tcp::socket::shutdown_send);
                      });
    BOOST_TEST(!copied.done);
    run();
    BOOST_TEST(copied.done);
    BOOST_TEST(!copied.error);
    BOOST_TEST(copied.result == sent.bytes.size());
    BOOST_TEST(monitor.taken() == sent.bytes.size());
    BOOST_TEST(monitor.delivered() == sent.bytes.size());
    BOOST_TEST(received.ended);
    CHECK_SAME_BYTES(received.bytes, sent.bytes);
}

BOOST_AUTO_TEST_CASE(a_limit_is_exact_and_leaves_the_rest)
{
    connection in{io};
    connection out{io};
    const writer sent{in.theirs, test::content(300'000)};
    auto part = kernel_copy::take(in.ours, 200'000);
    copy_ending first;
    async_kernel_copy(part, out.ours, first.handler());
    std::string received(200'000, '\0');
    asio::async_read(out.theirs, asio::buffer(received), [](const error_code&, std::size_t) {});
    run();
    BOOST_TEST(!first.error);
    BOOST_TEST(first.result == 200'000u);
    BOOST_TEST(part.limit() == 0u);
    CHECK_SAME_BYTES(received, sent.bytes.substr(0, 200'000));
    const reader rest{in.ours};
    run();
    CHECK_SAME_BYTES(rest.bytes, sent.bytes.substr(200'000));
}

BOOST_AUTO_TEST_CASE(a_source_that_ends_too_soon)
{
    connection in{io};
    connection out{io};
    const writer sent{in.theirs, "short"};
    copy_ending copied;
    async_kernel_copy(kernel_copy::exactly(in.ours, 6), out.ours, copied.handler());
    run();
    BOOST_TEST(copied.error == failure(kernel_copy::errc::source_truncated));
    BOOST_TEST(copied.result == 5u);
}

BOOST_AUTO_TEST_CASE(what_is_in_memory_goes_first)
{
    connection in{io};
    connection out{io};
    const std::string all = test::content(150'000);
    std::string head = all.substr(0, 70'000);
    const writer sent{in.theirs, all.substr(70'000)};
    const reader received{out.theirs};
    copy_ending copied;
    async_kernel_copy(kernel_copy::prefixed(asio::dynamic_buffer(head), in.ours), out.ours,
                      [&, told = copied.handler()](const error_code& error, std::uint64_t n) {
                          told(error, n);
                          out.ours.close();
                      });
    run();
    BOOST_TEST(!copied.error);
    BOOST_TEST(copied.result == all.size());
    BOOST_TEST(head.empty());
    CHECK_SAME_BYTES(received.bytes, all);
}

BOOST_AUTO_TEST_CASE(what_a_buffered_stream_has_read_goes_first)
{
    connection out{io};
    connection in{io};
    const writer sent{in.theirs, test::content(150'000)};
    io.poll(); // so that there is something to read, also where Asio submits nothing before (io_uring)
    asio::buffered_read_stream<tcp::socket&> source{in.ours};
    const std::size_t held = source.fill();
    BOOST_TEST(held != 0u);
    const reader received{out.theirs};
    copy_ending copied;
    async_kernel_copy(source, out.ours, [&, told = copied.handler()](const error_code& error, std::uint64_t n) {
        told(error, n);
        out.ours.close();
    });
    run();
    BOOST_TEST(!copied.error);
    CHECK_SAME_BYTES(received.bytes, sent.bytes);
}

// Where there is none, that is said, and nothing is moved.
BOOST_AUTO_TEST_CASE(a_path_through_the_kernel_can_be_demanded)
{
    connection in{io};
    connection out{io};
    const writer sent{in.theirs, "bytes"};
    const bool has_one =
        kernel_copy::detail::has_descriptor<tcp::socket> && kernel_copy::detail::kernel{}.probe(method::splice);
    copy_ending copied;
    async_kernel_copy(in.ours, out.ours, {.methods = kernel_copy::method_set{}.without(method::buffer)},
                      copied.handler());
    run();
    BOOST_TEST(copied.error == (has_one ? error_code{} : error_code{kernel_copy::errc::no_method_available}));
    BOOST_TEST(copied.result == (has_one ? 5u : 0u));
}

BOOST_AUTO_TEST_CASE(a_rate_is_kept)
{
    connection in{io};
    connection out{io};
    const writer sent{in.theirs, test::content(300'000)};
    const auto begin = std::chrono::steady_clock::now();
    copy_ending copied;
    async_kernel_copy(in.ours, out.ours, {.max_bytes_per_second = 1'000'000}, copied.handler());
    std::string received(300'000, '\0');
    asio::async_read(out.theirs, asio::buffer(received), [](const error_code&, std::size_t) {});
    run();
    BOOST_TEST(copied.result == 300'000u);
    BOOST_TEST((std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds{190})); // a tenth in one burst
    CHECK_SAME_BYTES(received, sent.bytes);
}

BOOST_AUTO_TEST_CASE(coroutines_and_futures)
{
    connection in{io};
    connection out{io};
    const writer sent{in.theirs, "one and two"};
    std::uint64_t first = 0;
    asio::co_spawn(
        io,
        [&]() -> asio::awaitable<void> {
            first = co_await async_kernel_copy(kernel_copy::take(in.ours, 3), out.ours, asio::use_awaitable);
        },
        asio::detached);
    run();
    BOOST_TEST(first == 3u);
    std::future<std::uint64_t> second = async_kernel_copy(in.ours, out.ours, asio::use_future);
    run();
    BOOST_TEST(second.get() == 8u);
}

BOOST_AUTO_TEST_SUITE_END()

// Distributed under the Boost Software License, Version 1.0.
//
// What is over when it is begun: said by the handler's immediate executor, where it has one (from Boost 1.82 on).
#include "support/content.hpp"
#include "support/counting_allocator.hpp"
#include "support/ends.hpp"
#include "support/relays.hpp"

#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/bind_executor.hpp>

#include <string>

#if __has_include(<boost/asio/bind_immediate_executor.hpp>)
#include <boost/asio/bind_immediate_executor.hpp>
#include <boost/asio/system_executor.hpp>
#endif

using namespace test;
using kernel_copy::async_kernel_copy;
using kernel_copy::async_kernel_relay;

BOOST_FIXTURE_TEST_SUITE(immediate_completion, descriptor_balance)

#if __has_include(<boost/asio/bind_immediate_executor.hpp>)

namespace {

template <class Handler>
auto at_once(Handler handler)
{
    return asio::bind_immediate_executor(asio::system_executor{}, std::move(handler));
}

} // namespace

BOOST_AUTO_TEST_CASE(a_copy_of_nothing_completes_in_its_initiating_function)
{
    asio::io_context io;
    auto source = local_pair(io);
    auto sink = local_pair(io);
    outcome result;
    async_kernel_copy(kernel_copy::take(source.first, 0), sink.first, at_once(result.handler()));
    BOOST_TEST(result.done);
    BOOST_TEST(!result.error);
    BOOST_TEST(io.poll() == 0u);
}

BOOST_AUTO_TEST_CASE(a_range_that_the_socket_takes_at_once_does_so_too)
{
    asio::io_context io;
    temp_dir dir;
    const std::string bytes = content(10'000);
    write_file(dir.path("in"), bytes);
    auto file = open_file(io, dir.path("in"));
    auto [sink, peer] = local_pair(io);
    outcome result;
    async_kernel_copy(kernel_copy::file_range(file, 100, 5'000), sink, at_once(result.handler()));
    BOOST_TEST(result.done);
    BOOST_TEST(!result.error);
    BOOST_TEST(result.bytes == 5'000u);
    CHECK_SAME_BYTES(read_now(peer), bytes.substr(100, 5'000));
}

BOOST_AUTO_TEST_CASE(a_relay_of_closed_sockets_does_so_too)
{
    asio::io_context io;
    local::socket a{io};
    local::socket b{io};
    relay_outcome result;
    async_kernel_relay(a, b, at_once(result.handler()));
    BOOST_TEST(result.done);
    BOOST_TEST(result.error == failure(EBADF));
}

BOOST_AUTO_TEST_CASE(the_memory_is_given_back_before_the_upcall)
{
    asio::io_context io;
    auto source = local_pair(io);
    auto sink = local_pair(io);
    allocations counts;
    bool done = false;
    async_kernel_copy(kernel_copy::take(source.first, 0), sink.first,
                      at_once(asio::bind_allocator(counting_allocator<>{counts}, [&](error_code, std::uint64_t) {
                          done = true;
                          BOOST_TEST(counts.live == 0u);
                      })));
    BOOST_TEST(done);
}

BOOST_AUTO_TEST_CASE(what_has_to_wait_completes_where_the_handler_runs)
{
    asio::io_context io;
    asio::io_context elsewhere;
    auto [source, peer] = local_pair(io);
    auto sink = local_pair(io);
    outcome result;
    async_kernel_copy(source, sink.first, at_once(asio::bind_executor(elsewhere, result.handler())));
    peer.close();
    settle(io);
    BOOST_TEST(!result.done);
    run(elsewhere);
    BOOST_TEST(result.done);
    BOOST_TEST(!result.error);
}

BOOST_AUTO_TEST_CASE(from_there_it_goes_to_the_executor_of_the_handler)
{
    asio::io_context io;
    asio::io_context elsewhere;
    auto source = local_pair(io);
    auto sink = local_pair(io);
    outcome result;
    async_kernel_copy(kernel_copy::take(source.first, 0), sink.first,
                      at_once(asio::bind_executor(elsewhere, result.handler())));
    BOOST_TEST(!result.done);
    BOOST_TEST(io.poll() == 0u);
    run(elsewhere);
    BOOST_TEST(result.done);
}

#else

BOOST_AUTO_TEST_CASE(by_an_immediate_executor, *only_if(false, "immediate executors came with Boost 1.82")) {}

#endif

BOOST_AUTO_TEST_CASE(a_handler_without_one_is_called_after_the_initiating_function)
{
    asio::io_context io;
    auto source = local_pair(io);
    auto sink = local_pair(io);
    outcome result;
    async_kernel_copy(kernel_copy::take(source.first, 0), sink.first, result.handler());
    BOOST_TEST(!result.done);
    BOOST_TEST(io.poll() != 0u);
    BOOST_TEST(result.done);
}

BOOST_AUTO_TEST_SUITE_END()

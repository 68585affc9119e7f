// Distributed under the Boost Software License, Version 1.0.
//
// Coroutines that have a stack.
#include "support/idle_pairs.hpp"
#include "support/relays.hpp"

#include <boost/asio/detached.hpp>
#include <boost/asio/spawn.hpp>

using namespace test;
using kernel_copy::async_kernel_copy;

BOOST_FIXTURE_TEST_SUITE(contract_spawn, descriptor_balance)

BOOST_AUTO_TEST_CASE(a_copy_yields)
{
    idle_pairs p;
    std::uint64_t n = 0;
    error_code bad;
    asio::spawn(
        p.io,
        [&](asio::yield_context yield) {
            n = async_kernel_copy(p.in.first, p.out.first, yield);
            local::socket closed{p.io};
            async_kernel_copy(closed, p.out.first, yield[bad]);
        },
        asio::detached);
    settle(p.io);
    BOOST_TEST(n == 0u);
    feed(p.in.second, "bytes");
    run(p.io);
    BOOST_TEST(n == 5u);
    BOOST_TEST(bad == failure(EBADF));
}

BOOST_AUTO_TEST_CASE(a_relay_yields)
{
    relayed<> r;
    asio::write(r.a.peer().stream, asio::buffer(outward.copy(0, 100)));
    r.a.peer().end();
    r.b.peer().end();
    relay_result result;
    asio::spawn(
        r.io, [&](asio::yield_context yield) { result = async_kernel_relay(r.a.end(), r.b.end(), yield); },
        asio::detached);
    run(r.io);
    BOOST_TEST(result.a_to_b.bytes == 100u);
    BOOST_TEST(result.b_to_a.bytes == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

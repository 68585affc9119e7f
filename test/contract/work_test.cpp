// Distributed under the Boost Software License, Version 1.0.
//
// What keeps run() from returning.
#include "support/idle_pairs.hpp"
#include "support/relays.hpp"

#include <boost/asio/bind_executor.hpp>

#include <string>
#include <thread>

using namespace test;
using kernel_copy::async_kernel_copy;

namespace {

const std::string bytes = "bytes that arrive";

} // namespace

BOOST_FIXTURE_TEST_SUITE(contract_work, descriptor_balance)

BOOST_AUTO_TEST_CASE(an_operation_that_waits_is_work_and_one_that_has_ended_is_none)
{
    idle_pairs p;
    outcome result;
    async_kernel_copy(p.in.first, p.out.first, result.handler());
    std::thread runs{[&] { p.io.run(); }};
    asio::write(p.in.second, asio::buffer(bytes));
    p.in.second.close();
    runs.join(); // would hang, or return before the end
    BOOST_TEST(result.done);
    BOOST_TEST(result.bytes == bytes.size());
    BOOST_TEST(p.io.stopped());
}

// The context of the handler has nothing to do but this, and neither has that in which the copy runs.
BOOST_AUTO_TEST_CASE(an_operation_is_work_for_the_context_of_its_handler)
{
    idle_pairs p;
    asio::io_context of_handler;
    outcome result;
    async_kernel_copy(p.in.first, p.out.first, asio::bind_executor(of_handler, result.handler()));
    std::thread moves{[&] { p.io.run(); }};
    std::thread feeds{[&] {
        asio::write(p.in.second, asio::buffer(bytes));
        p.in.second.close();
    }};
    of_handler.run_for(patience);
    BOOST_TEST(of_handler.stopped());
    BOOST_TEST(result.done);
    feeds.join();
    moves.join();
}

// Each has nothing to do but this.
BOOST_AUTO_TEST_CASE(a_relay_is_work_for_the_contexts_of_both_ends_and_of_its_handler)
{
    asio::io_context of_a;
    asio::io_context of_b;
    asio::io_context of_handler;
    auto a = local_pair(of_a);
    auto b = local_pair(of_b);
    relay_outcome result;
    async_kernel_relay(a.first, b.first, asio::bind_executor(of_handler, result.handler()));
    std::thread runs_a{[&] { of_a.run(); }};
    std::thread runs_b{[&] { of_b.run(); }};
    std::string arrived(bytes.size(), '\0');
    std::thread peers{[&] {
        asio::write(a.second, asio::buffer(bytes));
        asio::read(b.second, asio::buffer(arrived));
        a.second.close();
        b.second.close();
    }};
    of_handler.run_for(patience);
    BOOST_TEST(of_handler.stopped());
    peers.join();
    runs_a.join(); // would hang
    runs_b.join();
    BOOST_TEST(result.done);
    BOOST_TEST(!result.error);
    BOOST_TEST(result.result.a_to_b.bytes == bytes.size());
    BOOST_TEST(arrived == bytes);
}

// Nothing but a timer is under way meanwhile.
BOOST_AUTO_TEST_CASE(a_copy_that_pauses_is_work_for_the_context_of_its_handler)
{
    idle_pairs p;
    asio::io_context of_handler;
    outcome result;
    asio::write(p.in.second, asio::buffer(bytes));
    p.in.second.close();
    async_kernel_copy(p.in.first, p.out.first, {.max_bytes_per_second = 5 * bytes.size()},
                      asio::bind_executor(of_handler, result.handler()));
    std::thread moves{[&] { p.io.run(); }};
    of_handler.run_for(patience);
    moves.join();
    BOOST_TEST(of_handler.stopped());
    BOOST_TEST(result.done);
    BOOST_TEST(result.bytes == bytes.size());
}

BOOST_AUTO_TEST_SUITE_END()

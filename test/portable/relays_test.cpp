// Distributed under the Boost Software License, Version 1.0.
#include "world.hpp"

using namespace portable;
using kernel_copy::async_kernel_relay;

namespace {

struct two_peers : world
{
    connection a{io};
    connection b{io};
    relay_ending relayed{};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(relays, two_peers)

// One peer ends at once, and still receives all that the other has to say.
BOOST_AUTO_TEST_CASE(both_ways_and_one_after_the_other)
{
    const writer question{a.theirs, "question"};
    const reader answered{a.theirs};
    const reader asked{b.theirs};
    async_kernel_relay(a.ours, b.ours, relayed.handler());
    run_until([&] { return asked.ended; });
    BOOST_TEST(asked.bytes == "question");
    BOOST_TEST(!relayed.done);
    const writer answer{b.theirs, test::content(3'000'000)};
    run();
    BOOST_TEST(relayed.done);
    BOOST_TEST(!relayed.error);
    BOOST_TEST(relayed.result.a_to_b.bytes == 8u);
    BOOST_TEST(relayed.result.b_to_a.bytes == 3'000'000u);
    BOOST_TEST(!relayed.result.a_to_b.error);
    BOOST_TEST(!relayed.result.b_to_a.error);
    BOOST_TEST(answered.ended);
    CHECK_SAME_BYTES(answered.bytes, answer.bytes);
}

BOOST_AUTO_TEST_CASE(bulk_both_ways_at_once)
{
    const writer there{a.theirs, test::content(4'000'000)};
    const writer back{b.theirs, test::content(3'000'000, 77)};
    const reader at_b{b.theirs};
    const reader at_a{a.theirs};
    async_kernel_relay(a.ours, b.ours, relayed.handler());
    run();
    BOOST_TEST(!relayed.error);
    CHECK_SAME_BYTES(at_b.bytes, there.bytes);
    CHECK_SAME_BYTES(at_a.bytes, back.bytes);
}

BOOST_AUTO_TEST_CASE(where_nothing_moves_it_ends)
{
    async_kernel_relay(a.ours, b.ours, {.idle_timeout = std::chrono::milliseconds{50}}, relayed.handler());
    run();
    BOOST_TEST(relayed.error == asio::error::timed_out);
    BOOST_TEST(relayed.result.a_to_b.error == asio::error::operation_aborted);
}

BOOST_AUTO_TEST_CASE(where_one_peer_never_ends_it_ends)
{
    const writer all{a.theirs, "bytes"};
    std::string received(5, '\0');
    asio::async_read(b.theirs, asio::buffer(received), [](const error_code&, std::size_t) {});
    async_kernel_relay(a.ours, b.ours, {.half_close_timeout = std::chrono::milliseconds{50}}, relayed.handler());
    run();
    BOOST_TEST(relayed.error == asio::error::timed_out);
    BOOST_TEST(!relayed.result.a_to_b.error);
    BOOST_TEST(relayed.result.a_to_b.bytes == 5u);
    BOOST_TEST(received == "bytes");
}

BOOST_AUTO_TEST_CASE(a_reset_ends_it)
{
    async_kernel_relay(a.ours, b.ours, relayed.handler());
    a.theirs.set_option(asio::socket_base::linger{true, 0});
    a.theirs.close();
    run();
    BOOST_TEST(relayed.error);
    BOOST_TEST(relayed.result.a_to_b.error);
}

BOOST_AUTO_TEST_SUITE_END()

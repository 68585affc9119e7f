// Distributed under the Boost Software License, Version 1.0.
#include "interruptions.hpp"

#include "support/relays.hpp"

using namespace test;
using kernel_copy::prefixed;
using kernel_copy::residue;

namespace {

constexpr std::uint64_t outward_bytes = sanitized ? 4 << 20 : 64 << 20;
constexpr std::uint64_t homeward_bytes = outward_bytes / 2;

/// Relays all of both ways, again and again from where it was interrupted.
template <class Link>
void relay_with(interruptions how, relay_options options)
{
    relayed<Link> r;
    r.spawn(r.a.peer().send_all(outward_bytes));
    r.spawn(r.b.peer().send_all(homeward_bytes));
    r.spawn(r.a.peer().receive());
    r.spawn(r.b.peer().receive());
    residue out;
    residue back;
    options.a_to_b.residue = &out;
    options.b_to_a.residue = &back;
    std::uint64_t arrived[2]{};
    for (bool ended = false; !ended;)
    {
        asio::cancellation_signal signal;
        relay_outcome leg;
        async_kernel_relay(prefixed(out, r.a.end()), prefixed(back, r.b.end()), options,
                           asio::bind_cancellation_slot(signal.slot(), leg.handler()));
        how.interrupt(r.io, signal, leg.done);
        arrived[0] += leg.result.a_to_b.bytes;
        arrived[1] += leg.result.b_to_a.bytes;
        ended = !leg.error;
        const bool is_explained = leg.error == aborted || leg.error == failure(EIO);
        BOOST_REQUIRE_MESSAGE(ended || is_explained, leg.error.message());
    }
    run(r.io);
    BOOST_TEST(out.empty());
    BOOST_TEST(back.empty());
    BOOST_TEST(r.b.peer().intact);
    BOOST_TEST(r.a.peer().intact);
    BOOST_TEST(r.b.peer().received == outward_bytes);
    BOOST_TEST(r.a.peer().received == homeward_bytes);
    BOOST_TEST(arrived[0] == outward_bytes);
    BOOST_TEST(arrived[1] == homeward_bytes);
    BOOST_TEST_MESSAGE(how.made() << " requests to stop");
    BOOST_TEST(how.made() != 0u);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(resumption_of_relays, descriptor_balance)

BOOST_AUTO_TEST_CASE(between_sockets)
{
    relay_with<local_link>({1, 400, 20}, {});
    relay_with<tcp_link>({2, 400, 20}, {.a_to_b = {.turn_budget = 128 * 1024}, .b_to_a = {.turn_budget = 128 * 1024}});
}

BOOST_AUTO_TEST_CASE(between_sockets_with_calls_that_fail)
{
    const failing_kernel fails{37};
    relay_with<tcp_link>({3, 100, 20}, {.a_to_b = {.turn_budget = 128 * 1024}, .b_to_a = {.turn_budget = 128 * 1024}});
    BOOST_TEST(fails.failures() != 0u);
}

BOOST_AUTO_TEST_SUITE_END()

// Distributed under the Boost Software License, Version 1.0.
#include "support/relays.hpp"

#include <boost/asio/bind_executor.hpp>

using namespace test;
using kernel_copy::method;

namespace {

/// A relay whose context is destroyed with it under way.
struct left_alone : relayed<tcp_link>
{
    explicit left_alone(const std::shared_ptr<int>& alive, relay_options options = {})
    {
        options.a_to_b.monitor = &out;
        options.b_to_a.monitor = &back;
        async_kernel_relay(a.end(), b.end(), options, [alive](error_code, const relay_result&) { BOOST_TEST(false); });
        settle(io);
    }
};

constexpr kernel_copy::method_set all_methods{};
const auto path_sets = {all_methods, kernel_copy::method_set{method::splice_through_pipe},
                        kernel_copy::method_set{method::buffer}};

} // namespace

BOOST_FIXTURE_TEST_SUITE(lifetime, descriptor_balance)

BOOST_AUTO_TEST_CASE(a_context_destroyed_while_the_relay_is_idle)
{
    const auto alive = std::make_shared<int>();
    {
        left_alone r{alive, {.idle_timeout = 60s}};
        BOOST_TEST(alive.use_count() == 2);
    }
    BOOST_TEST(alive.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(a_context_destroyed_in_bulk_and_while_sinks_are_full, *needs_kernel_methods)
{
    for (const bool full : {false, true})
        for (const auto methods : path_sets)
        {
            const auto alive = std::make_shared<int>();
            {
                left_alone r{alive,
                             {.idle_timeout = 60s, .a_to_b = {.methods = methods}, .b_to_a = {.methods = methods}}};
                r.spawn(r.a.peer().send(peer::all));
                r.spawn(r.b.peer().send(peer::all));
                if (!full)
                    r.spawn(r.b.peer().receive());
                run_until(r.io, [&] { return r.back.in_flight() != 0 && (full || r.out.delivered() > 10'000'000); });
                if (full)
                    settle(r.io);
            }
            BOOST_TEST(alive.use_count() == 1);
        }
}

BOOST_AUTO_TEST_CASE(a_context_destroyed_during_a_pause)
{
    const auto alive = std::make_shared<int>();
    {
        left_alone r{alive, {.idle_timeout = 60s, .a_to_b = {.max_bytes_per_second = 1}}};
        r.spawn(r.a.peer().send(1000));
        run_until(r.io, [&] { return r.out.delivered() == 1; });
        settle(r.io);
    }
    BOOST_TEST(alive.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(a_context_destroyed_between_the_end_and_the_handler)
{
    const auto alive = std::make_shared<int>();
    {
        relayed<> r;
        r.a.end().close(); // refused, which is said later
        async_kernel_relay(r.a.end(), r.b.end(), [alive](error_code, const relay_result&) { BOOST_TEST(false); });
    }
    BOOST_TEST(alive.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(a_context_destroyed_with_sockets_that_were_moved_in)
{
    for (const bool bulk : {false, true})
    {
        const auto alive = std::make_shared<int>();
        {
            relayed<> r;
            async_kernel_relay(std::move(r.a.end()), std::move(r.b.end()), {.idle_timeout = 60s},
                               [alive](error_code, const relay_result&) { BOOST_TEST(false); });
            if (bulk)
                r.spawn(r.a.peer().send(peer::all));
            settle(r.io);
        }
        BOOST_TEST(alive.use_count() == 1);
    }
}

BOOST_AUTO_TEST_CASE(a_handler_may_destroy_the_ends_start_another_relay_or_throw)
{
    asio::io_context io;
    auto a = mortal_pair(io);
    auto b = mortal_pair(io);
    auto c = local_pair(io);
    auto d = local_pair(io);
    relay_outcome second;
    async_kernel_relay(*a.first, *b.first, {.idle_timeout = 60s}, [&](error_code, const relay_result&) {
        a.first.reset();
        b.first.reset();
        async_kernel_relay(c.first, d.first, second.handler());
        throw std::runtime_error{"from a handler"};
    });
    a.second.close();
    b.second.close();
    BOOST_CHECK_THROW(run(io), std::runtime_error);
    c.second.close();
    d.second.close();
    run(io);
    BOOST_TEST(second.done);
    BOOST_TEST(!second.error);
}

// The one's wait is over, and its handler queued; the other's is under way.
BOOST_AUTO_TEST_CASE(an_end_that_is_closed_and_the_other_destroyed)
{
    for (const bool is_destroyed : {false, true})
        BOOST_TEST_CONTEXT((is_destroyed ? "the other destroyed" : "both closed"))
        {
            asio::io_context io;
            asio::io_context of_handler;
            auto a = local_pair(io);
            auto b = mortal_pair(io);
            relay_outcome result;
            async_kernel_relay(a.first, *b.first, asio::bind_executor(of_handler, result.handler()));
            settle(io);
            asio::write(a.second, asio::buffer("bytes", 5));
            settle(io);
            a.first.close();
            if (is_destroyed)
                b.first.reset();
            else
                b.first->close();
            for (int i = 0; !result.done; ++i)
            {
                BOOST_REQUIRE(i != 100);
                settle(of_handler);
                settle(io);
            }
            BOOST_TEST(result.error == aborted);
            BOOST_TEST(result.result.a_to_b.bytes == 0u);
            BOOST_TEST(result.result.b_to_a.bytes == 0u);
        }
}

BOOST_AUTO_TEST_SUITE_END()

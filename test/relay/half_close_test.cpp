// Distributed under the Boost Software License, Version 1.0.
#include "support/fragile_stream.hpp"
#include "support/relays.hpp"

#include <boost/mpl/list.hpp>

#include <random>

using namespace test;
using kernel_copy::method;

namespace {

/// The end of what one peer says has arrived; then the other says much.
asio::awaitable<void> answer_after_the_end(peer& p, std::uint64_t n)
{
    co_await p.receive();
    co_await p.send_all(n);
}

/// One relay that carries a few bytes and both ends. True if each peer saw all of the other's bytes, then its end.
class short_relay
{
public:
    short_relay(asio::io_context& io, std::pair<local::socket, local::socket> a,
                std::pair<local::socket, local::socket> b)
        : io_{io}, a_{std::move(a)}, b_{std::move(b)}
    {}

    bool carries(std::size_t there, std::size_t back, bool late, const relay_options& options)
    {
        bool done = false;
        bool right = false;
        const auto start = [&] {
            async_kernel_relay(a_.first, b_.first, options, [&](error_code error, const relay_result& result) {
                right = !error && result.a_to_b.bytes == there && result.b_to_a.bytes == back;
                done = true;
            });
        };
        if (!late)
            start();
        speak(a_.second, outward.copy(0, there));
        if (late)
            start();
        const bool outward_right = hears(b_.second, outward, there);
        speak(b_.second, homeward.copy(0, back));
        const bool homeward_right = hears(a_.second, homeward, back);
        run_until(io_, [&] { return done; });
        return right && outward_right && homeward_right;
    }

private:
    static void speak(local::socket& peer, const std::string& bytes)
    {
        peer.non_blocking(false);
        asio::write(peer, asio::buffer(bytes));
        peer.shutdown(local::socket::shutdown_send);
    }
    bool hears(local::socket& peer, const endless& expected, std::size_t n)
    {
        char space[4096];
        std::size_t heard = 0;
        peer.non_blocking(true);
        for (;;)
        {
            error_code error;
            const std::size_t more = peer.read_some(asio::buffer(space), error);
            if (!expected.is(heard, {space, more}))
                return false;
            heard += more;
            if (error == asio::error::would_block)
            {
                io_.restart();
                if (io_.run_one_for(patience) == 0)
                    return false;
            }
            else if (error)
                return error == asio::error::eof && heard == n;
        }
    }

    asio::io_context& io_;
    std::pair<local::socket, local::socket> a_;
    std::pair<local::socket, local::socket> b_;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(half_close, descriptor_balance)

using links = boost::mpl::list<relayed<tcp_link>, relayed<local_link>, relayed<descriptor_link, tcp_link>>;

BOOST_AUTO_TEST_CASE_TEMPLATE(the_other_direction_goes_on_for_long, relay, links)
{
    constexpr std::uint64_t asked = 10'000;
    constexpr std::uint64_t answered = 64 << 20;
    for (const bool a_first : {true, false})
    {
        relay r;
        r.start();
        peer& first = a_first ? r.a.peer() : r.b.peer();
        peer& second = a_first ? r.b.peer() : r.a.peer();
        r.spawn(first.send_all(asked));
        r.spawn(answer_after_the_end(second, answered));
        r.spawn(first.receive());
        run(r.io);
        r.check_whole(a_first ? asked : answered, a_first ? answered : asked);
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(both_end_at_once_in_the_middle_of_bulk, relay, links)
{
    for (int i = 0; i != 20; ++i)
    {
        relay r;
        r.start();
        const std::uint64_t n = 200'000 + static_cast<std::uint64_t>(i) * 1001;
        r.spawn(r.a.peer().send_all(n));
        r.spawn(r.b.peer().send_all(n));
        r.spawn(r.a.peer().receive());
        r.spawn(r.b.peer().receive());
        run(r.io);
        r.check_whole(n, n);
    }
}

BOOST_AUTO_TEST_CASE(P4_the_last_bytes_come_before_the_end, *needs_kernel_methods)
{
    const unsigned seed = std::random_device{}();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937 random{seed};
    const auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
    asio::io_context io;
    unsigned wrong = 0;
    for (int i = 0; i != 100'000; ++i)
    {
        const unsigned kind = below(4);
        const std::size_t there = kind == 0 ? 1 + below(100'000) : 1 + below(3000);
        const std::size_t back = below(600);
        relay_options options{};
        if (kind < 2) // the path on which the end could overtake what is in a pipe
            options.a_to_b.methods = options.b_to_a.methods = {method::splice_through_pipe};
        short_relay r{io, local_pair(io), local_pair(io)};
        wrong += r.carries(there, back, below(2) == 0, options) ? 0u : 1u;
    }
    BOOST_TEST(wrong == 0u);
}

BOOST_AUTO_TEST_CASE(a_stream_that_cannot_be_half_closed_hears_of_the_end_when_it_is_read_no_more)
{
    for (const bool fragile_ends_first : {true, false})
    {
        asio::io_context io;
        auto a = local_pair(io);
        auto b = local_pair(io);
        fragile_stream fragile{std::move(b.first)};
        socket_peer client{socket_peer::socket{std::move(a.second)}, outward, homeward};
        socket_peer server{socket_peer::socket{std::move(b.second)}, homeward, outward};
        relay_outcome result;
        async_kernel_relay(a.first, fragile, result.handler());
        spawn(io, client.receive());
        spawn(io, server.receive());
        const auto say_all = [&](socket_peer& who, std::uint64_t n) {
            spawn(io, who.send_all(n));
            run_until(io, [&] { return who.sent == n; });
            settle(io);
        };
        if (fragile_ends_first)
        {
            say_all(server, 300'000);
            BOOST_TEST(client.saw_end);
            BOOST_TEST(!fragile.shut_down);
            say_all(client, 1000);
        }
        else
        {
            say_all(client, 1000);
            BOOST_TEST(server.received == 1000u);
            BOOST_TEST(!fragile.shut_down);
            BOOST_TEST(!result.done);
            say_all(server, 300'000);
        }
        run(io);
        BOOST_TEST(!result.error);
        BOOST_TEST(fragile.shut_down);
        BOOST_TEST(!fragile.broken);
        BOOST_TEST(server.saw_end);
        BOOST_TEST(client.saw_end);
        BOOST_TEST(result.result.a_to_b.bytes == 1000u);
        BOOST_TEST(result.result.b_to_a.bytes == 300'000u);
        BOOST_TEST(server.intact);
        BOOST_TEST(client.intact);
    }
}

BOOST_AUTO_TEST_SUITE_END()

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_RELAYS_HPP
#define KERNEL_COPY_TEST_SUPPORT_RELAYS_HPP

#include "copies.hpp"
#include "peer.hpp"
#include "system.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

namespace test {

using kernel_copy::async_kernel_relay;
using kernel_copy::relay_options;
using kernel_copy::relay_result;
using namespace std::chrono_literals;

inline const error_code timed_out = asio::error::timed_out;

/// What goes from a to b, and back.
inline const endless outward{1};
inline const endless homeward{2};

/// How a relay ended.
struct relay_outcome
{
    bool done = false;
    error_code error{};
    relay_result result{};

    auto handler()
    {
        return [this](error_code e, const relay_result& r) {
            BOOST_TEST(!done);
            done = true;
            error = e;
            result = r;
        };
    }
};

/// A connection: an end for a relay, and its peer. Which of the two ends it is to be decides what the peer says.
enum class place
{
    a,
    b
};

template <auto MakePair>
class socket_link
{
public:
    socket_link(asio::io_context& io, place at) : socket_link{MakePair(io), at} {}
    auto& end() { return end_; }
    socket_peer& peer() { return peer_; }

private:
    template <class Pair>
    socket_link(Pair pair, place at)
        : end_{std::move(pair.first)}, peer_{socket_peer::socket{std::move(pair.second)},
                                             at == place::a ? outward : homeward, at == place::a ? homeward : outward}
    {}

    typename decltype(MakePair(std::declval<asio::io_context&>()))::first_type end_;
    socket_peer peer_;
};

using tcp_link = socket_link<tcp_pair>;
using local_link = socket_link<local_pair>;

/// A socket that is known as a descriptor only.
inline std::pair<descriptor, local::socket> descriptor_pair(asio::io_context& io)
{
    auto ends = local_pair(io);
    return {descriptor{io, ends.first.release()}, std::move(ends.second)};
}
using descriptor_link = socket_link<descriptor_pair>;

/// Two connections with a relay between them, which is started by start().
template <class A = local_link, class B = A>
struct relayed
{
    ~relayed() { BOOST_TEST(open_is_bounded()); }

    asio::io_context io{};
    kernel_copy::monitor out{};
    kernel_copy::monitor back{};
    A a{io, place::a};
    B b{io, place::b};
    asio::cancellation_signal signal{};
    relay_outcome result{};

    void start(relay_options options = {})
    {
        options.a_to_b.monitor = &out;
        options.b_to_a.monitor = &back;
        async_kernel_relay(a.end(), b.end(), options, asio::bind_cancellation_slot(signal.slot(), result.handler()));
        BOOST_TEST(!result.done); // nothing completes inside the initiating function
    }

    /// Runs what a peer does besides all else.
    void spawn(asio::awaitable<void> what) { test::spawn(io, std::move(what)); }
    void run_until_done()
    {
        run_until(io, [&] { return result.done; });
    }

    /// Both peers say so much and listen, from the start to the end.
    void send_both_ways(std::uint64_t outward_bytes, std::uint64_t homeward_bytes)
    {
        start();
        spawn(a.peer().send_all(outward_bytes));
        spawn(b.peer().send_all(homeward_bytes));
        spawn(a.peer().receive());
        spawn(b.peer().receive());
        run(io);
        check_whole(outward_bytes, homeward_bytes);
    }

    /// Both peers heard what the other said, whole, and the counts agree.
    void check_whole(std::uint64_t outward_bytes, std::uint64_t homeward_bytes)
    {
        BOOST_TEST(!result.error);
        BOOST_TEST(!result.result.a_to_b.error);
        BOOST_TEST(!result.result.b_to_a.error);
        check_way(b.peer(), out, result.result.a_to_b.bytes, outward_bytes);
        check_way(a.peer(), back, result.result.b_to_a.bytes, homeward_bytes);
    }

private:
    static void check_way(const peer& sink, const kernel_copy::monitor& counters, std::uint64_t said, std::uint64_t n)
    {
        BOOST_TEST(sink.intact);
        BOOST_TEST(sink.saw_end);
        BOOST_TEST(sink.received == n);
        BOOST_TEST(said == n);
        BOOST_TEST(counters.taken() == n);
        BOOST_TEST(counters.delivered() == n);
    }
    /// Nothing is in use once a relay is over.
    bool open_is_bounded()
    {
        const auto& pool = asio::use_service<kernel_copy::pipe_pool>(io);
        return !result.done || pool.pipes() == pool.kept();
    }
};

} // namespace test

#endif

// Distributed under the Boost Software License, Version 1.0.
#include "support/relays.hpp"

#include <boost/asio/buffered_stream.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/mpl/list.hpp>

#include <fcntl.h>

using namespace test;
using kernel_copy::prefixed;

namespace {

/// A user's own stream: nothing but the two functions, and a half-close by the usual name. It takes and gives little
/// at a time.
class own_stream
{
public:
    using executor_type = tcp::socket::executor_type;
    explicit own_stream(tcp::socket s) : socket_{std::move(s)} {}
    executor_type get_executor() { return socket_.get_executor(); }

    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token)
    {
        ++reads;
        return socket_.async_read_some(asio::buffer(asio::mutable_buffer{buffers}, 10'000), std::forward<Token>(token));
    }
    template <class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token)
    {
        ++writes;
        return socket_.async_write_some(asio::buffer(asio::const_buffer{buffers}, 7000), std::forward<Token>(token));
    }
    void shutdown(tcp::socket::shutdown_type what, error_code& error) { socket_.shutdown(what, error); }

    std::size_t reads = 0;
    std::size_t writes = 0;

private:
    tcp::socket socket_;
};

template <class End>
constexpr bool refers_to_socket = false;
template <template <class> class Buffered>
constexpr bool refers_to_socket<Buffered<tcp::socket&>> = true;

/// A link whose end is made of a TCP socket.
template <class End>
class made_link
{
public:
    made_link(asio::io_context& io, place at) : tcp_{io, at}, end_{socket()} {}
    End& end() { return end_; }
    socket_peer& peer() { return tcp_.peer(); }

private:
    decltype(auto) socket()
    {
        if constexpr (refers_to_socket<End>)
            return tcp_.end();
        else
            return std::move(tcp_.end());
    }

    tcp_link tcp_;
    End end_;
};

using beast_link = made_link<boost::beast::tcp_stream>;
using own_link = made_link<own_stream>;
using buffered_link = made_link<asio::buffered_stream<tcp::socket&>>;
using buffered_read_link = made_link<asio::buffered_read_stream<tcp::socket&>>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(streams, descriptor_balance)

using pairs = boost::mpl::list<relayed<beast_link, tcp_link>, relayed<local_link, beast_link>, relayed<own_link>,
                               relayed<own_link, tcp_link>, relayed<tcp_link, own_link>, relayed<buffered_link>,
                               relayed<buffered_link, own_link>, relayed<descriptor_link, buffered_read_link>>;

BOOST_AUTO_TEST_CASE_TEMPLATE(bytes_go_both_ways_at_once, relay, pairs)
{
    for (const std::uint64_t n : {0u, 1u, 100'000u, 3'000'000u})
    {
        relay r;
        r.send_both_ways(n, n + 1);
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(each_may_be_half_closed_for_long, relay, pairs)
{
    for (const bool a_first : {true, false})
    {
        relay r;
        r.start();
        peer& first = a_first ? r.a.peer() : r.b.peer();
        peer& second = a_first ? r.b.peer() : r.a.peer();
        r.spawn(first.send_all(10));
        r.spawn(first.receive());
        r.spawn([](peer& p) -> asio::awaitable<void> {
            co_await p.receive();
            co_await p.send_all(10'000'000);
        }(second));
        run(r.io);
        r.check_whole(a_first ? 10 : 10'000'000, a_first ? 10'000'000 : 10);
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(any_request_ends_an_idle_one, relay, pairs)
{
    for (const auto type :
         {asio::cancellation_type::total, asio::cancellation_type::partial, asio::cancellation_type::terminal})
    {
        relay r;
        r.start({.idle_timeout = 60s});
        settle(r.io);
        r.signal.emit(type);
        r.run_until_done();
        BOOST_TEST(r.result.error == aborted);
        run(r.io);
    }
}

// It can't be said of it that nothing was taken, nor asked back.
BOOST_AUTO_TEST_CASE(total_is_ignored_while_a_streams_own_write_is_under_way)
{
    relayed<tcp_link, own_link> r;
    std::string held = outward.copy(0, 1000);
    r.a.peer().sent = held.size();
    async_kernel_relay(kernel_copy::prefixed(asio::dynamic_buffer(held), r.a.end()), r.b.end(),
                       asio::bind_cancellation_slot(r.signal.slot(), r.result.handler()));
    r.signal.emit(asio::cancellation_type::total);
    r.spawn(r.a.peer().send_all(0));
    r.spawn(r.b.peer().send_all(0));
    r.spawn(r.a.peer().receive());
    r.spawn(r.b.peer().receive());
    run(r.io);
    BOOST_TEST(!r.result.error);
    BOOST_TEST(r.result.result.a_to_b.bytes == 1000u);
    BOOST_TEST(r.b.peer().received == 1000u);
    BOOST_TEST(r.b.peer().intact);
}

BOOST_AUTO_TEST_CASE(total_is_ignored_while_a_worker_writes)
{
    asio::io_context io;
    auto a = local_pair(io);
    temp_dir dir;
    asio::posix::stream_descriptor file{io, ::open(dir.path("out").c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600)};
    std::string held = outward.copy(0, 100'000);
    asio::cancellation_signal signal;
    relay_outcome ended;
    async_kernel_relay(prefixed(asio::dynamic_buffer(held), a.first), file,
                       asio::bind_cancellation_slot(signal.slot(), ended.handler()));
    signal.emit(asio::cancellation_type::total);
    asio::write(a.second, asio::buffer("more", 4));
    a.second.shutdown(local::socket::shutdown_both);
    run(io);
    BOOST_TEST(!ended.error);
    BOOST_TEST(ended.result.a_to_b.bytes == 100'004u);
    BOOST_TEST(held.empty());
}

BOOST_AUTO_TEST_CASE(S1_a_users_own_functions_are_not_bypassed)
{
    relayed<own_link, tcp_link> r;
    r.send_both_ways(100'000, 100'000);
    BOOST_TEST(r.a.end().reads > 10u);
    BOOST_TEST(r.a.end().writes > 14u);
}

BOOST_AUTO_TEST_CASE(what_buffered_streams_hold_goes_first)
{
    relayed<buffered_link> r;
    asio::write(r.a.peer().stream, asio::buffer(outward.copy(0, 700)));
    r.a.end().fill();
    asio::write(r.b.end(), asio::buffer(outward.copy(0, 300)));
    std::string held(300, '\0');
    BOOST_TEST(r.a.end().read_some(asio::buffer(held)) == 300u);
    BOOST_TEST(r.a.end().in_avail() == 400u);
    r.a.peer().sent = 700;
    r.start();
    r.spawn(r.a.peer().send_all(1000));
    r.spawn(r.b.peer().send_all(0));
    r.spawn(r.a.peer().receive());
    r.spawn(r.b.peer().receive());
    run(r.io);
    BOOST_TEST(r.result.result.a_to_b.bytes == 1400u); // what the sink's own buffer held does not count
    BOOST_TEST(r.out.drained() == 400u);
    BOOST_TEST(r.b.peer().received == 1700u);
    BOOST_TEST(r.b.peer().intact);
}

BOOST_AUTO_TEST_CASE(what_was_sniffed_at_either_end_goes_first)
{
    for (const bool moved_in : {true, false})
    {
        relayed<tcp_link, own_link> r;
        std::string from_a = outward.copy(0, 1234);
        std::string from_b = homeward.copy(0, 4321);
        r.a.peer().sent = from_a.size();
        r.b.peer().sent = from_b.size();
        const relay_options options{.a_to_b = {.monitor = &r.out}, .b_to_a = {.monitor = &r.back}};
        auto a = prefixed(asio::dynamic_buffer(from_a), r.a.end());
        auto b = prefixed(asio::dynamic_buffer(from_b), r.b.end());
        if (moved_in)
            async_kernel_relay(std::move(a), std::move(b), options, r.result.handler());
        else
            async_kernel_relay(a, b, options, r.result.handler());
        r.spawn(r.a.peer().send_all(200'000));
        r.spawn(r.b.peer().send_all(100'000));
        r.spawn(r.a.peer().receive());
        r.spawn(r.b.peer().receive());
        run(r.io);
        r.check_whole(201'234, 104'321);
        BOOST_TEST(r.out.drained() == 1234u);
        BOOST_TEST(from_a.empty());
        BOOST_TEST(from_b.empty());
    }
}

BOOST_AUTO_TEST_CASE(limits_of_a_view_apply_to_what_is_read_from_it)
{
    relayed<> r;
    auto limited = kernel_copy::take(r.a.end(), 150'000);
    const relay_options options{.a_to_b = {.monitor = &r.out}, .b_to_a = {.monitor = &r.back}};
    async_kernel_relay(limited, kernel_copy::exactly(r.b.end(), 300'000), options, r.result.handler());
    r.spawn(r.a.peer().send(200'000));
    r.spawn(r.b.peer().send(300'000)); // and says no end
    r.spawn(r.a.peer().receive());
    r.spawn(r.b.peer().receive());
    r.run_until_done();
    run_until(r.io, [&] { return r.a.peer().saw_end && r.b.peer().saw_end; });
    r.check_whole(150'000, 300'000);
    BOOST_TEST(limited.limit() == 0u);
}

BOOST_AUTO_TEST_CASE(a_promise_that_is_not_kept_is_an_error_of_that_direction)
{
    relayed<> r;
    async_kernel_relay(r.a.end(), kernel_copy::exactly(r.b.end(), 1000), r.result.handler());
    r.spawn(r.b.peer().send_all(999));
    r.spawn(r.a.peer().receive());
    r.run_until_done();
    BOOST_TEST(r.result.error == failure(errc::source_truncated));
    BOOST_TEST(r.result.result.b_to_a.error == failure(errc::source_truncated));
    BOOST_TEST(r.result.result.b_to_a.bytes == 999u);
    BOOST_TEST(r.result.result.a_to_b.error == aborted);
    settle(r.io);
    BOOST_TEST(r.a.peer().received == 999u);
    BOOST_TEST(!r.a.peer().saw_end); // no peer takes a part for the whole
    r.a.end().close();
    run(r.io);
}

BOOST_AUTO_TEST_SUITE_END()

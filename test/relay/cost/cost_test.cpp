// Distributed under the Boost Software License, Version 1.0.
#include "support/counted_new.hpp"
#include "support/counting_allocator.hpp"
#include "support/relays.hpp"

#include <boost/asio/bind_allocator.hpp>

#include <memory>
#include <vector>

#include <malloc.h>

using namespace test;
using kernel_copy::method;

namespace {

#if defined(BOOST_ASIO_HAS_EPOLL) || defined(BOOST_ASIO_HAS_IO_URING_AS_DEFAULT)
constexpr bool is_select = false;
#else
constexpr bool is_select = true;
#endif
const auto frugal_asio =
    only_if(!is_select, "Asio by select allocates for its waits, and knows no descriptors from FD_SETSIZE on");

/// A relay whose peers need no memory: they make system calls, and let the context run in between.
class bare_relay
{
public:
    bare_relay()
    {
        a_.second.non_blocking(true);
        b_.second.non_blocking(true);
    }

    template <class Handler>
    void start(const relay_options& options, Handler handler)
    {
        async_kernel_relay(a_.first, b_.first, options, std::move(handler));
    }

    /// So many bytes each way, in messages that are each answered.
    void ping_pong(unsigned times, std::size_t size)
    {
        for (unsigned i = 0; i != times; ++i)
        {
            carry(a_.second, b_.second, size);
            carry(b_.second, a_.second, size);
        }
    }
    void settle() { test::settle(io); }

    asio::io_context io{};

private:
    void carry(tcp::socket& from, tcp::socket& to, std::size_t n)
    {
        std::size_t said = 0;
        for (std::size_t heard = 0; heard != n;)
        {
            error_code ignored;
            if (said != n)
                said += from.write_some(asio::buffer(space_, std::min(space_.size(), n - said)), ignored);
            heard += to.read_some(asio::buffer(space_, std::min(space_.size(), n - heard)), ignored);
            io.restart();
            io.poll();
        }
    }

    std::pair<tcp::socket, tcp::socket> a_ = tcp_pair(io);
    std::pair<tcp::socket, tcp::socket> b_ = tcp_pair(io);
    std::string space_ = std::string(256 * 1024, 'x');
};

#if defined(__SANITIZE_ADDRESS__)
constexpr bool heap_is_the_systems = false;
#else
constexpr bool heap_is_the_systems = true;
#endif

const auto measurable_heap = only_if(heap_is_the_systems, "AddressSanitizer's heap does not say how much is in use");

std::size_t heap_in_use()
{
    return ::mallinfo2().uordblks;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(cost, descriptor_balance)

BOOST_AUTO_TEST_CASE(the_counter_counts)
{
    const std::size_t before = calls_of_new();
    const auto memory = std::make_unique<std::string>(1000, 'x');
    BOOST_TEST(calls_of_new() - before == 2u);
}

BOOST_AUTO_TEST_CASE(a_relay_allocates_nothing_while_it_runs, *frugal_asio* needs_kernel_methods)
{
    for (const bool timed : {false, true})
        for (const auto methods : {kernel_copy::method_set{}, {method::buffer}, {method::splice_through_pipe}})
        {
            bare_relay r;
            const kernel_copy::copy_options way{.methods = methods};
            r.start({.idle_timeout = timed ? 60s : 0s, .a_to_b = way, .b_to_a = way},
                    [](error_code, const relay_result&) { BOOST_TEST(false); });
            r.ping_pong(100, 64);
            r.ping_pong(3, 10'000'000);
            r.ping_pong(100, 64);
            const std::size_t before = calls_of_new();
            const std::size_t aligned = calls_of_aligned_alloc();
            r.ping_pong(1000, 64);
            BOOST_TEST(calls_of_new() - before == 0u);
            BOOST_TEST(calls_of_aligned_alloc() - aligned == 0u);
            r.ping_pong(3, 10'000'000);
            BOOST_TEST(calls_of_new() - before == 0u);
            BOOST_TEST(calls_of_aligned_alloc() - aligned <=
                       10u); // Asio keeps a wait's memory only until poll() returns
        }
}

BOOST_AUTO_TEST_CASE(what_it_needs_comes_from_the_handlers_allocator)
{
    allocations calls; // outlives the relay, which gives back
    bare_relay r;
    r.start({.idle_timeout = 60s}, asio::bind_allocator(counting_allocator<>{calls},
                                                        [](error_code, const relay_result&) { BOOST_TEST(false); }));
    BOOST_TEST(calls.made > 0u);
    r.ping_pong(10, 64);
    const std::size_t before = calls_of_new();
    const std::size_t operations = calls.made;
    r.ping_pong(1000, 64);
    BOOST_TEST(calls.made > operations); // Asio's own operations, one a wait
    BOOST_TEST(calls.made - operations <= 2u * 2 * 1000 + 10);
    BOOST_TEST(calls_of_new() - before ==
               calls.made - operations); // this allocator keeps nothing, and nobody else asks
}

BOOST_AUTO_TEST_CASE(a_thousand_idle_relays_hold_their_sockets_and_little_more,
                     *measurable_heap* frugal_asio* needs_kernel_methods)
{
    constexpr std::size_t n = 1000;
    asio::io_context io;
    struct connections
    {
        std::pair<local::socket, local::socket> a;
        std::pair<local::socket, local::socket> b;
    };
    std::vector<connections> all;
    all.reserve(n);
    local_pair(io); // a context's first socket brings what it waits with
    const std::size_t descriptors_before = open_descriptors();
    for (std::size_t i = 0; i != n; ++i)
    {
        all.push_back({local_pair(io), local_pair(io)});
        for (local::socket* const peer : {&all.back().a.second, &all.back().b.second})
            peer->non_blocking(true);
    }
    std::string space(256 * 1024, 'x');
    const std::size_t heap_before = heap_in_use();
    for (connections& c : all)
        async_kernel_relay(c.a.first, c.b.first, {.idle_timeout = 600s, .half_close_timeout = 60s},
                           [](error_code, const relay_result&) {});
    settle(io);

    auto& pool = asio::use_service<kernel_copy::pipe_pool>(io);
    const auto carry = [&](local::socket& from, local::socket& to, std::size_t size) {
        std::size_t said = 0;
        for (std::size_t heard = 0; heard != size;)
        {
            error_code ignored;
            if (said != size)
                said += from.write_some(asio::buffer(space, std::min(space.size(), size - said)), ignored);
            heard += to.read_some(asio::buffer(space, std::min(space.size(), size - heard)), ignored);
            io.restart();
            io.poll();
        }
    };
    for (const std::size_t size : {std::size_t{0}, std::size_t{64}, std::size_t{1} << 20})
    {
        for (connections& c : all)
        {
            carry(c.a.second, c.b.second, size);
            carry(c.b.second, c.a.second, size);
        }
        settle(io);
        const std::size_t each = (heap_in_use() - heap_before) / n;
        BOOST_TEST_MESSAGE("after " << size << " bytes each way: " << each << " bytes of heap a relay, " << pool.kept()
                                    << " pipes kept");
        BOOST_TEST(each < 1536u);
        BOOST_TEST(pool.pipes() == pool.kept());
        BOOST_TEST(open_descriptors() == descriptors_before + 4 * n + 2 * pool.kept());
    }
    BOOST_TEST(pool.kept() > 0u); // bulk has gone through some
}

BOOST_AUTO_TEST_SUITE_END()

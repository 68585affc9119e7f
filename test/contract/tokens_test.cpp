// Distributed under the Boost Software License, Version 1.0.
//
// Completion tokens that other tests have no use for. Each means what it means for Asio's own operations.
#include "support/idle_pairs.hpp"
#include "support/relays.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/experimental/promise.hpp>
#include <boost/asio/experimental/use_promise.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

using namespace test;
using kernel_copy::async_kernel_copy;

namespace {

/// Ends of which the source has bytes and then its end, and ends that have been closed.
struct ends : idle_pairs
{
    ends()
    {
        asio::write(in.second, asio::buffer("bytes", 5));
        in.second.close();
    }
    local::socket closed{io};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(contract_tokens, descriptor_balance)

BOOST_AUTO_TEST_CASE(an_error_is_redirected_and_the_count_is_kept)
{
    ends e;
    error_code good = asio::error::eof;
    error_code bad;
    std::uint64_t n = 0;
    std::uint64_t none = 1;
    spawn(e.io,
          [](ends& at, error_code& first, error_code& second, std::uint64_t& sent,
             std::uint64_t& nothing) -> asio::awaitable<void> {
              sent = co_await async_kernel_copy(at.in.first, at.out.first,
                                                asio::redirect_error(asio::use_awaitable, first));
              nothing = co_await async_kernel_copy(at.closed, at.out.first,
                                                   asio::redirect_error(asio::use_awaitable, second));
          }(e, good, bad, n, none));
    run(e.io);
    BOOST_TEST(!good);
    BOOST_TEST(n == 5u);
    BOOST_TEST(bad == failure(EBADF));
    BOOST_TEST(none == 0u);
}

BOOST_AUTO_TEST_CASE(an_error_is_thrown_by_an_awaitable_and_by_a_future)
{
    ends e;
    error_code awaited;
    spawn(e.io, [](ends& at, error_code& to) -> asio::awaitable<void> {
        try
        {
            co_await async_kernel_copy(at.closed, at.out.first, asio::use_awaitable);
        }
        catch (const boost::system::system_error& error)
        {
            to = error.code();
        }
    }(e, awaited));
    auto future = async_kernel_copy(e.closed, e.out.first, asio::use_future);
    run(e.io);
    BOOST_TEST(awaited == failure(EBADF));
    BOOST_CHECK_EXCEPTION(future.get(), boost::system::system_error,
                          [](const auto& error) { return error.code() == failure(EBADF); });
}

BOOST_AUTO_TEST_CASE(a_tuple_of_error_and_count)
{
    ends e;
    std::tuple<error_code, std::uint64_t> result;
    std::tuple<error_code, relay_result> both;
    relayed<> r;
    r.a.peer().end();
    r.b.peer().end();
    spawn(e.io, [](ends& at, std::tuple<error_code, std::uint64_t>& to) -> asio::awaitable<void> {
        to = co_await async_kernel_copy(at.in.first, at.out.first, asio::as_tuple(asio::use_awaitable));
    }(e, result));
    spawn(r.io, [](relayed<>& at, std::tuple<error_code, relay_result>& to) -> asio::awaitable<void> {
        to = co_await async_kernel_relay(at.a.end(), at.b.end(), asio::as_tuple(asio::use_awaitable));
    }(r, both));
    run(e.io);
    run(r.io);
    BOOST_TEST((result == std::tuple{error_code{}, std::uint64_t{5}}));
    BOOST_TEST(!std::get<0>(both));
    BOOST_TEST(std::get<1>(both).a_to_b.bytes == 0u);
}

BOOST_AUTO_TEST_CASE(a_promise_begins_at_once_and_is_asked_later)
{
    ends e;
    auto promise = async_kernel_copy(e.in.first, e.out.first, asio::experimental::use_promise);
    run(e.io);
    outcome result;
    std::move(promise)(result.handler());
    run(e.io);
    BOOST_TEST(result.done);
    BOOST_TEST(!result.error);
    BOOST_TEST(result.bytes == 5u);
}

BOOST_AUTO_TEST_CASE(a_promise_that_is_given_up_ends_the_copy)
{
    idle_pairs p;
    {
        auto promise = async_kernel_copy(p.in.first, p.out.first, asio::experimental::use_promise);
        settle(p.io);
        BOOST_TEST(!p.io.stopped());
    }
    run(p.io);
}

BOOST_AUTO_TEST_CASE(a_relay_by_promise)
{
    relayed<> r;
    r.a.peer().end();
    r.b.peer().end();
    auto promise = async_kernel_relay(r.a.end(), r.b.end(), asio::experimental::use_promise);
    std::move(promise)(r.result.handler());
    run(r.io);
    BOOST_TEST(r.result.done);
    BOOST_TEST(!r.result.error);
}

BOOST_AUTO_TEST_SUITE_END()

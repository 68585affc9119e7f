// Distributed under the Boost Software License, Version 1.0.
//
// The user closes ends of a relay between any two handlers, and others get their numbers at once.
#include "support/canary.hpp"
#include "support/relays.hpp"
#include "support/sanitized.hpp"
#include "support/tracking_kernel.hpp"

#include <list>

using namespace test;
using kernel_copy::method;
using kernel_copy::method_set;

namespace {

enum class closed : unsigned char
{
    a,
    b,
    both
};

/// What was said to an end of a relay, and what its peer heard.
struct conversation
{
    template <class Socket>
    void start(Socket& peer)
    {
        asio::async_write(peer, asio::buffer(says), [&peer](error_code, std::size_t) {
            error_code gone;
            peer.shutdown(asio::socket_base::shutdown_send, gone);
        });
        collect(peer, heard);
    }

    std::string says{};
    std::string heard{};
};

struct closing_relay
{
    explicit closing_relay(const relay_options& with) : options{with}
    {
        kernel.cut_to(10'000);
        kernel.lend(a.first.native_handle());
        kernel.lend(b.first.native_handle());
        at_a.start(a.second);
        at_b.start(b.second);
    }

    template <class Socket>
    void close(Socket& end)
    {
        const int number = end.native_handle();
        kernel.withdraw(number);
        end.close();
        others.emplace_back(number);
    }

    /// False if it was over before that.
    bool run(closed which, std::size_t handlers)
    {
        async_kernel_relay(a.first, b.first, options, result.handler());
        for (; handlers != 0 && !result.done; --handlers)
            BOOST_REQUIRE(io.run_one_for(patience) == 1u);
        const bool in_time = !result.done;
        if (in_time && which != closed::b)
            close(a.first);
        if (in_time && which != closed::a)
            close(b.first);
        run_until(io, [&] { return result.done; });
        if (a.first.is_open())
            close(a.first);
        if (b.first.is_open())
            close(b.first);
        test::run(io);
        // At the very end there is nothing left to be missed.
        const bool is_whole =
            result.result.a_to_b.bytes == at_a.says.size() && result.result.b_to_a.bytes == at_b.says.size();
        BOOST_TEST((result.error.failed() || is_whole));
        check(at_a, at_b, result.result.a_to_b);
        check(at_b, at_a, result.result.b_to_a);
        // A TCP peer whose end is closed with bytes unread is reset, and may lose what was still on its way.
        BOOST_TEST(at_a.heard.size() <= result.result.b_to_a.bytes);
        BOOST_TEST(at_b.heard.size() == result.result.a_to_b.bytes);
        return in_time;
    }

    static void check(const conversation& from, const conversation& to, const kernel_copy::relay_direction& way)
    {
        CHECK_SAME_BYTES(to.heard, from.says.substr(0, std::min<std::size_t>(to.heard.size(), way.bytes)));
    }

    tracking_kernel kernel{};
    relay_options options;
    relay_outcome result{};
    std::list<canary> others{};
    conversation at_a{.says = content(60'000)};
    conversation at_b{.says = content(50'000, 1'000'000)};
    asio::io_context io{};
    std::pair<tcp::socket, tcp::socket> a = tcp_pair(io);
    std::pair<local::socket, local::socket> b = local_pair(io);
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(closing_ends_of_relays, descriptor_balance)

BOOST_AUTO_TEST_CASE(between_any_two_handlers)
{
    constexpr std::size_t step = sanitized ? 5 : 1;
    for (const method_set& methods :
         {method_set{}, method_set{method::splice_through_pipe}, method_set{method::buffer}})
        for (const bool is_timed : {false, true})
            for (const closed which : {closed::a, closed::b, closed::both})
                for (std::size_t handlers = 0; handlers < 80; handlers += step)
                    BOOST_TEST_CONTEXT("closed: " << static_cast<int>(which) << " after " << handlers << " handlers")
                    {
                        const kernel_copy::copy_options way{
                            .methods = methods, .turn_budget = 8'192, .buffer_size = 4'096};
                        closing_relay r{{.idle_timeout = std::chrono::seconds{is_timed ? 60 : 0},
                                         .half_close_timeout = std::chrono::seconds{is_timed ? 30 : 0},
                                         .a_to_b = way,
                                         .b_to_a = way}};
                        if (!r.run(which, handlers))
                            break;
                    }
}

BOOST_AUTO_TEST_SUITE_END()

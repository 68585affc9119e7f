// Distributed under the Boost Software License, Version 1.0.
#include "support/relays.hpp"

#include <boost/asio/steady_timer.hpp>

using namespace test;
using kernel_copy::copy_options;
using kernel_copy::method;
using std::chrono::duration;
using std::chrono::steady_clock;

namespace {

constexpr std::uint64_t slow = 200'000;
constexpr std::uint64_t fast = 5'000'000;

double seconds_since(steady_clock::time_point then)
{
    return duration<double>{steady_clock::now() - then}.count();
}

/// Bytes a second at a peer, as a part of what was asked for, over so long.
struct measurement
{
    double out = 0;
    double back = 0;
    [[nodiscard]] bool is_right() const { return fits(out) && fits(back); }

private:
    static bool fits(double part) { return part >= 0.8 && part <= 1.15; }
};

measurement measure(relayed<tcp_link>& r, std::uint64_t out, std::uint64_t back)
{
    r.spawn(r.a.peer().send(peer::all));
    r.spawn(r.b.peer().send(peer::all));
    r.spawn(r.a.peer().receive());
    r.spawn(r.b.peer().receive());
    const auto since = steady_clock::now();
    run_until(r.io, [&] { return seconds_since(since) > 0.6; });
    const double time = seconds_since(since);
    return {.out = static_cast<double>(r.b.peer().received) / time / static_cast<double>(out),
            .back = static_cast<double>(r.a.peer().received) / time / static_cast<double>(back)};
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(rate, descriptor_balance)

BOOST_AUTO_TEST_CASE(each_direction_keeps_its_own_rate_on_every_path, *needs_kernel_methods)
{
    for (const method by : {method::splice_through_pipe, method::buffer})
        for (const auto& [out, back] : {std::pair{slow, fast}, std::pair{fast, slow}})
        {
            // The machine may be busy with something else, so that a rate is missed once.
            for (int attempt = 1;; ++attempt)
            {
                relayed<tcp_link> r;
                r.start({.a_to_b = {.methods = {by}, .max_bytes_per_second = out},
                         .b_to_a = {.methods = {by}, .max_bytes_per_second = back}});
                const measurement got = measure(r, out, back);
                BOOST_TEST(r.out.bytes(by) == r.out.delivered());
                BOOST_TEST(r.back.bytes(by) == r.back.delivered());
                const auto before = steady_clock::now();
                r.signal.emit(asio::cancellation_type::terminal);
                r.run_until_done();
                BOOST_TEST(seconds_since(before) < 0.5);
                if (!got.is_right() && attempt != 3)
                    continue;
                BOOST_TEST(got.is_right(), "rate out " << got.out << ", back " << got.back);
                break;
            }
        }
}

BOOST_AUTO_TEST_CASE(silence_is_not_made_up_for, *needs_kernel_methods)
{
    for (const method by : {method::splice_through_pipe, method::buffer})
    {
        relayed<> r;
        r.start({.a_to_b = {.methods = {by}, .max_bytes_per_second = slow}});
        r.spawn(r.a.peer().send(slow / 20));
        r.spawn(r.b.peer().receive());
        run_until(r.io, [&] { return r.b.peer().received == slow / 20; });
        asio::steady_timer timer{r.io, 500ms};
        bool silence_is_over = false;
        timer.async_wait([&](error_code) { silence_is_over = true; });
        run_until(r.io, [&] { return silence_is_over; });
        const std::uint64_t before = r.b.peer().received;
        const auto since = steady_clock::now();
        r.spawn(r.a.peer().send(slow));
        while (seconds_since(since) < 0.3)
        {
            r.io.restart();
            r.io.run_one_for(50ms);
            const double most = static_cast<double>(slow) * (0.1 + seconds_since(since)) + 1;
            BOOST_TEST(static_cast<double>(r.b.peer().received - before) <= most);
        }
        BOOST_TEST(r.b.peer().received - before > slow / 5);
    }
}

BOOST_AUTO_TEST_CASE(a_rate_beyond_all_is_no_rate)
{
    relayed<> r;
    const copy_options boundless{.max_bytes_per_second = std::numeric_limits<std::uint64_t>::max()};
    r.start({.a_to_b = boundless, .b_to_a = boundless});
    r.spawn(r.a.peer().send_all(50'000'000));
    r.spawn(r.b.peer().send_all(50'000'000));
    r.spawn(r.a.peer().receive());
    r.spawn(r.b.peer().receive());
    run(r.io);
    r.check_whole(50'000'000, 50'000'000);
}

BOOST_AUTO_TEST_SUITE_END()

// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/pacer.hpp>
#include <support/rate_meter.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string>

namespace kernel_copy::test {

namespace {

using detail::pacer;

constexpr std::uint64_t second = 1'000'000'000;
constexpr std::uint64_t hour = 3600 * second;
constexpr std::array rates{std::uint64_t{1},
                           std::uint64_t{2},
                           std::uint64_t{3},
                           std::uint64_t{7},
                           std::uint64_t{19},
                           std::uint64_t{20},
                           std::uint64_t{21},
                           std::uint64_t{999},
                           std::uint64_t{65'536},
                           std::uint64_t{1'000'000},
                           std::uint64_t{123'456'789},
                           second - 1,
                           second,
                           second + 1,
                           std::uint64_t{1'500'000'001},
                           10 * second};
/// Odd ones, from the least that a clock can show.
constexpr std::array steps{std::uint64_t{1},       std::uint64_t{17},         std::uint64_t{1'001},
                           std::uint64_t{333'333}, std::uint64_t{49'999'999}, std::uint64_t{700'000'001}};

/// A taker that takes all it may at once, and a clock.
class taker
{
public:
    explicit taker(std::uint64_t rate, std::uint64_t now) : pacer_{rate}, meter_{rate, now}, began_{now}, now_{now}
    {
        tell();
    }

    void pass(std::uint64_t nanoseconds)
    {
        now_ += nanoseconds;
        tell();
    }
    std::uint64_t take(std::uint64_t most = std::numeric_limits<std::uint64_t>::max())
    {
        const std::uint64_t n = std::min(pacer_.allowance(), most);
        pacer_.spend(n);
        meter_.spend(n);
        taken_ += n;
        return n;
    }
    /// Takes what it may and sleeps as it is told to, for so long.
    void take_for(std::uint64_t duration)
    {
        for (const std::uint64_t end = now_ + duration; now_ < end; pass(pacer_.pause()))
        {
            take();
            require(pacer_.allowance() == 0, "what may be taken is never used up");
        }
    }
    [[nodiscard]] std::uint64_t taken() const { return taken_; }
    [[nodiscard]] std::uint64_t passed() const { return now_ - began_; }
    [[nodiscard]] const pacer& asked() const { return pacer_; }

private:
    void tell()
    {
        pacer_.tell_time(now_);
        meter_.tell_time(now_);
    }

    pacer pacer_;
    rate_meter meter_;
    std::uint64_t began_;
    std::uint64_t now_;
    std::uint64_t taken_ = 0;
};

void take_after_each(std::uint64_t rate, std::uint64_t step)
{
    taker t{rate, 12'345};
    for (int i = 0; i != 5'000; ++i)
    {
        t.pass(step);
        t.take();
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(pacing)

BOOST_AUTO_TEST_CASE(without_a_rate_all_is_allowed)
{
    pacer p{0};
    BOOST_TEST(!p.limits());
    p.tell_time(5);
    p.spend(1'000'000);
    BOOST_TEST(p.allowance() == no_limit);
}

BOOST_AUTO_TEST_CASE(a_rate_is_kept_in_steps_of_any_length)
{
    for (const std::uint64_t rate : rates)
        for (const std::uint64_t step : steps)
            BOOST_CHECK_NO_THROW(take_after_each(rate, step));
}

BOOST_AUTO_TEST_CASE(a_rate_is_reached)
{
    // Whoever sleeps as told gets, within a thousandth and a piece, what the rate promises.
    for (const std::uint64_t rate : rates)
    {
        taker t{rate, 777};
        t.take_for(100 * second);
        const std::uint64_t promised = rate * (t.passed() / second);
        BOOST_TEST(t.taken() + t.taken() / 1000 + rate / 20 + 1 >= promised, std::to_string(rate));
    }
}

BOOST_AUTO_TEST_CASE(a_pause_is_as_long_as_it_must_be)
{
    for (const std::uint64_t rate : rates)
    {
        taker t{rate, 1};
        for (int i = 0; i != 200; ++i)
        {
            t.take();
            const std::uint64_t pause = t.asked().pause();
            BOOST_TEST(pause != 0u);
            BOOST_TEST(pause <= std::max(second / 20, second / rate) + 2);
            t.pass(pause / 3); // woken too early
            BOOST_TEST(t.asked().allowance() == 0u);
            t.pass(t.asked().pause());
            BOOST_TEST(t.asked().allowance() != 0u, std::to_string(rate));
        }
    }
}

BOOST_AUTO_TEST_CASE(steps_too_short_for_a_byte_add_up)
{
    for (const std::uint64_t step : {std::uint64_t{999}, std::uint64_t{1'000'003}, std::uint64_t{33'333'334}})
    {
        taker t{3, 1};
        std::uint64_t taken = 0;
        while (t.passed() < (step < 1'000'000 ? 2 : 100) * second)
        {
            t.pass(step);
            taken += t.take();
        }
        BOOST_TEST(taken + 2 >= t.passed() * 3 / second);
    }
}

BOOST_AUTO_TEST_CASE(a_clock_that_stands_still_gives_nothing)
{
    for (const std::uint64_t rate : rates)
        for (const std::uint64_t at : {std::uint64_t{0}, std::uint64_t{1}, hour})
        {
            taker t{rate, at};
            BOOST_TEST(t.take() != 0u);
            t.pass(1);
            t.take();
            const std::uint64_t before = t.taken();
            for (int i = 0; i != 10'000; ++i)
            {
                t.pass(0);
                t.take();
            }
            BOOST_TEST(t.taken() == before, std::to_string(rate));
        }
}

BOOST_AUTO_TEST_CASE(a_copy_that_was_held_up_does_not_make_up_for_it)
{
    for (const std::uint64_t rate : rates)
        for (const std::uint64_t jump : {second, second + 1, hour, 1000 * hour})
        {
            taker t{rate, 1};
            t.take();
            t.pass(jump);
            BOOST_TEST(t.take() <= std::max<std::uint64_t>(rate / 10, 1));
            BOOST_CHECK_NO_THROW(t.take_for(second));
        }
}

BOOST_AUTO_TEST_CASE(a_clock_that_jumps_back_stops_nothing_for_long)
{
    pacer p{1000};
    p.tell_time(hour);
    p.spend(p.allowance());
    p.tell_time(1);
    BOOST_TEST(p.allowance() == 0u);
    p.tell_time(1 + p.pause());
    BOOST_TEST(p.allowance() != 0u);
}

BOOST_AUTO_TEST_CASE(no_rate_overflows)
{
    for (const std::uint64_t rate :
         {std::uint64_t{1} << 40, std::uint64_t{1} << 50, std::numeric_limits<std::uint64_t>::max()})
    {
        pacer p{rate};
        p.tell_time(1);
        BOOST_TEST(p.allowance() == rate / 20);
        p.spend(p.allowance());
        BOOST_TEST(p.pause() <= second / 20 + second / 1000);
        p.tell_time(1 + p.pause());
        BOOST_TEST(p.allowance() >= rate / 20);
        p.tell_time(hour);
        BOOST_TEST(p.allowance() == rate / 10);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kernel_copy::test

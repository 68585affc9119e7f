// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/adaptive.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>

namespace kernel_copy::test {

namespace {

using detail::adaptive;

constexpr std::uint64_t capacity = 64 * 1024;
constexpr std::uint64_t asked = 1024 * 1024;
constexpr unsigned without_end = 100'000; // far beyond any price

adaptive enabled()
{
    adaptive a;
    a.enable();
    return a;
}

void read_fully(adaptive& a)
{
    a.was_read(capacity, capacity, capacity);
}

/// Full reads in a row until a pipe is wanted, from none on.
unsigned price_of(adaptive a)
{
    a.was_read(1, capacity, capacity);
    unsigned reads = 0;
    for (; !a.wants_pipe() && reads != without_end; ++reads)
        read_fully(a);
    return reads;
}

/// Small fills in a row until memory is wanted.
unsigned patience_of(adaptive a)
{
    unsigned fills = 0;
    for (; !a.wants_memory() && fills != without_end; ++fills)
        a.was_filled(1, asked);
    return fills;
}

} // namespace

BOOST_AUTO_TEST_SUITE(adaptive_policy)

BOOST_AUTO_TEST_CASE(off_it_wants_nothing_else)
{
    BOOST_TEST(price_of(adaptive{}) == without_end);
    BOOST_TEST(patience_of(adaptive{}) == without_end);
    adaptive a = enabled();
    BOOST_TEST(a.enabled());
    a.disable();
    BOOST_TEST(!a.enabled());
    BOOST_TEST(price_of(a) == without_end);
    BOOST_TEST(patience_of(a) == without_end);
}

BOOST_AUTO_TEST_CASE(full_reads_in_a_row_want_a_pipe)
{
    adaptive a = enabled();
    const unsigned price = price_of(a);
    BOOST_TEST(price > 1u); // one full read is no bulk yet
    BOOST_TEST(price < 10u);
    for (int round = 0; round != 3; ++round)
    {
        for (unsigned i = 1; i != price; ++i)
            read_fully(a);
        BOOST_TEST(!a.wants_pipe());
        a.was_read(capacity - 1, capacity, capacity); // starts the row anew
    }
    BOOST_TEST(price_of(a) == price);
}

BOOST_AUTO_TEST_CASE(a_read_that_was_asked_for_less_says_nothing)
{
    adaptive a = enabled();
    const unsigned price = price_of(a);
    for (unsigned i = 1; i != price; ++i)
        read_fully(a);
    a.was_read(100, 100, capacity); // the rest of a turn
    BOOST_TEST(!a.wants_pipe());
    read_fully(a);
    BOOST_TEST(a.wants_pipe());
    for (unsigned i = 0; i != without_end; ++i)
        a.was_read(99, 100, capacity);
    BOOST_TEST(!a.wants_pipe());
}

BOOST_AUTO_TEST_CASE(small_fills_in_a_row_want_memory)
{
    adaptive a = enabled();
    a.entered_pipe();
    const unsigned patience = patience_of(a);
    BOOST_TEST(patience > 1u);
    BOOST_TEST(patience < 100u);
    for (int round = 0; round != 3; ++round)
    {
        for (unsigned i = 1; i != patience; ++i)
            a.was_filled(1, asked);
        BOOST_TEST(!a.wants_memory());
        a.was_filled(asked, asked);
    }
    for (unsigned i = 0; i != 2 * patience; ++i)
        a.was_filled(10, 10); // all that was asked for, however little
    BOOST_TEST(!a.wants_memory());
    for (unsigned i = 0; i != patience; ++i)
        a.was_filled(1, asked);
    BOOST_TEST(a.wants_memory());
    a.left_pipe();
    a.entered_pipe();
    BOOST_TEST(!a.wants_memory());
}

BOOST_AUTO_TEST_CASE(a_pipe_that_did_not_pay_off_doubles_the_price)
{
    adaptive a = enabled();
    unsigned price = price_of(a);
    for (int round = 0; round != 5; ++round)
    {
        for (unsigned i = 0; i != price; ++i)
            read_fully(a);
        BOOST_TEST(a.wants_pipe());
        a.entered_pipe();
        a.was_filled(asked, asked);
        a.left_pipe();
        BOOST_TEST(!a.wants_pipe());
        BOOST_TEST(price_of(a) == 2 * price);
        price *= 2;
    }
}

BOOST_AUTO_TEST_CASE(a_pipe_that_can_not_be_had_doubles_the_price_up_to_a_highest)
{
    adaptive a = enabled();
    const unsigned price = price_of(a);
    a.was_refused();
    BOOST_TEST(price_of(a) == 2 * price);
    for (int i = 0; i != 100; ++i)
        a.was_refused();
    const unsigned highest = price_of(a);
    a.was_refused();
    BOOST_TEST(price_of(a) == highest);
    BOOST_TEST(highest > 100 * price);
    BOOST_TEST(highest < without_end);
}

BOOST_AUTO_TEST_CASE(a_pipe_that_pays_off_makes_the_next_one_cheap_again)
{
    adaptive a = enabled();
    const unsigned least = price_of(a);
    for (int i = 0; i != 5; ++i)
        a.was_refused();
    BOOST_TEST(price_of(a) > least);
    a.entered_pipe();
    unsigned fills = 0;
    for (; price_of(a) != least && fills != without_end; ++fills)
        a.was_filled(asked, asked);
    BOOST_TEST(fills > 1u);
    BOOST_TEST(fills < without_end);
    a.left_pipe();
    BOOST_TEST(price_of(a) == least);

    a.entered_pipe(); // what an earlier one paid is forgotten
    a.left_pipe();
    BOOST_TEST(price_of(a) == 2 * least);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kernel_copy::test

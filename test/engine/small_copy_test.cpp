// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/small_copy.hpp>

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <cstdint>

namespace kernel_copy::test {

namespace {

using detail::action_kind;
using detail::availability;
using detail::errno_code;
using detail::small_copy;

constexpr std::uint64_t most = 1000;

detail::copy_terms usual()
{
    return {.turn_budget = most, .buffer_size = most};
}

bool begins(const detail::copy_terms& terms, const method_set& methods = {},
            const detail::availability_table& known = {})
{
    return small_copy::begin(terms, methods, known).has_value();
}

small_copy begun()
{
    return *small_copy::begin(usual(), {}, {});
}

/// One that has been asked to read.
small_copy reading()
{
    small_copy copy = begun();
    BOOST_TEST((copy.resume({}, most) == action_kind::read_source));
    return copy;
}

/// The same, after a wait.
small_copy reading_again()
{
    small_copy copy = reading();
    BOOST_TEST((copy.resume({.bytes = 0, .error = errno_code(EAGAIN)}, most) == action_kind::wait_source));
    BOOST_TEST((copy.resume({}, most) == action_kind::read_source));
    return copy;
}

} // namespace

BOOST_AUTO_TEST_SUITE(small_copies)

BOOST_AUTO_TEST_CASE(what_only_an_engine_can_begin)
{
    BOOST_TEST(begins(usual()));
    BOOST_TEST(!begins({.turn_budget = 0, .buffer_size = most}));
    BOOST_TEST(!begins({.turn_budget = most, .buffer_size = 0}));
    BOOST_TEST(!begins({.turn_budget = most, .buffer_size = most, .bytes_per_second = 1}));
    BOOST_TEST(!begins(usual(), {method::buffer}));
    BOOST_TEST(!begins(usual(), {method::splice_through_pipe}));
    detail::availability_table known{};
    known[static_cast<std::size_t>(method::splice)] = availability::unavailable;
    BOOST_TEST(!begins(usual(), {}, known));
    known[static_cast<std::size_t>(method::splice)] = availability::available;
    BOOST_TEST(begins(usual(), {}, known));
}

BOOST_AUTO_TEST_CASE(it_may_become_bulk)
{
    BOOST_TEST(begun().choice.enabled());
    BOOST_TEST(begun().can_go_on());
}

BOOST_AUTO_TEST_CASE(a_message_is_read_and_written_and_the_next_waited_for)
{
    small_copy copy = reading_again();
    BOOST_TEST((copy.resume({.bytes = 10}, most) == action_kind::write_buffer));
    BOOST_TEST(copy.in_flight() == 10u);
    BOOST_TEST((copy.resume({.bytes = 10}, most) == action_kind::wait_source));
    BOOST_TEST(copy.in_flight() == 0u);
    BOOST_TEST(copy.delivered == 10u);
}

BOOST_AUTO_TEST_CASE(what_has_not_blocked_yet_is_read_once_more)
{
    small_copy copy = reading();
    BOOST_TEST((copy.resume({.bytes = 10}, most) == action_kind::write_buffer));
    BOOST_TEST((copy.resume({.bytes = 10}, most) == action_kind::read_source));
    small_copy ended = copy;
    BOOST_TEST((ended.resume({}, most) == action_kind::finish));
    small_copy more = copy;
    BOOST_TEST((more.resume({.bytes = 1}, most) == action_kind::hand_over)); // an engine keeps to the turn
    BOOST_TEST(more.taken == 10u);
    BOOST_TEST((copy.resume({.bytes = 0, .error = errno_code(EAGAIN)}, most) == action_kind::wait_source));
}

BOOST_AUTO_TEST_CASE(a_source_that_has_nothing_is_waited_for_again)
{
    small_copy copy = reading_again();
    BOOST_TEST((copy.resume({.bytes = 0, .error = errno_code(EAGAIN)}, most) == action_kind::wait_source));
    BOOST_TEST((copy.resume({}, most) == action_kind::read_source));
}

BOOST_AUTO_TEST_CASE(the_end_of_the_source_is_the_end)
{
    BOOST_TEST((reading().resume({}, most) == action_kind::finish));
    BOOST_TEST((reading_again().resume({}, most) == action_kind::finish));
}

BOOST_AUTO_TEST_CASE(whatever_else_happens_is_for_an_engine)
{
    BOOST_TEST((begun().resume({.bytes = 0, .error = errno_code(EIO)}, most) == action_kind::hand_over));
    BOOST_TEST((reading().resume({.bytes = 0, .error = errno_code(ECONNRESET)}, most) == action_kind::hand_over));
    BOOST_TEST((reading().resume({.bytes = most}, most) == action_kind::hand_over)); // there may be more
    for (const detail::event e : {detail::event{.bytes = 9}, detail::event{.bytes = 0, .error = errno_code(EAGAIN)},
                                  detail::event{.bytes = 0, .error = errno_code(EPIPE)}})
    {
        small_copy copy = reading();
        copy.resume({.bytes = 10}, most);
        BOOST_TEST((copy.resume(e, most) == action_kind::hand_over));
        BOOST_TEST(copy.in_flight() == 10u);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kernel_copy::test

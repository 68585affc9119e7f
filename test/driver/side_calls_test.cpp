// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/side_calls.hpp>

#include <boost/test/unit_test.hpp>

using boost::asio::cancellation_type;
using kernel_copy::detail::call_side;
using kernel_copy::detail::side_calls;
using kernel_copy::detail::stop_request;

BOOST_AUTO_TEST_SUITE(calls_of_sides)

BOOST_AUTO_TEST_CASE(the_strongest_request_is_what_a_call_was_ended_by)
{
    side_calls calls;
    calls.begin(call_side::source, side_calls::under_way::call);
    calls.interrupt(stop_request::terminal, call_side::source, cancellation_type::terminal);
    calls.interrupt(stop_request::total, call_side::source, cancellation_type::total);
    BOOST_TEST((calls.end(call_side::source).ended_by == stop_request::terminal));
    BOOST_TEST((calls.end(call_side::source).ended_by == stop_request::none));
}

BOOST_AUTO_TEST_CASE(a_call_that_has_ended_is_not_asked)
{
    side_calls calls;
    int asked = 0;
    calls.slot(1).assign([&](cancellation_type) { ++asked; });
    calls.interrupt(stop_request::total, call_side::sink, cancellation_type::total);
    BOOST_TEST(asked == 0);
    calls.begin(call_side::sink, side_calls::under_way::call);
    calls.interrupt(stop_request::total, call_side::sink, cancellation_type::total);
    BOOST_TEST(asked == 1);
    BOOST_TEST((calls.end(call_side::sink).was == side_calls::under_way::call));
    calls.begin(call_side::sink, side_calls::under_way::worker);
    calls.interrupt(stop_request::terminal, call_side::sink, cancellation_type::terminal);
    BOOST_TEST(asked == 1);
    BOOST_TEST((calls.end(call_side::sink).was == side_calls::under_way::worker));
}

BOOST_AUTO_TEST_SUITE_END()

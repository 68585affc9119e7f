// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/relay_engine.hpp>

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <chrono>
#include <string>
#include <vector>

namespace kernel_copy::test {

namespace {

using detail::errno_code;
using detail::relay_action;
using detail::relay_engine;
using detail::relay_step;
using detail::stop_request;
using namespace std::chrono_literals;

const relay_engine::time_point start{1h};
const error_code aborted = errno_code(ECANCELED);
const error_code timed_out = errno_code(ETIMEDOUT);
const error_code reset = errno_code(ECONNRESET);
const error_code broken = errno_code(EPIPE);

std::string describe(const relay_action& a)
{
    static const char* const steps[] = {"await", "stop", "shut_down", "stop_shutting", "finish"};
    return std::string{steps[static_cast<int>(a.step)]} + " " + std::to_string(a.direction) + " request " +
           std::to_string(static_cast<int>(a.request)) + " " + a.error.message();
}

bool same(const relay_action& a, const relay_action& b)
{
    return a.step == b.step && a.direction == b.direction && a.request == b.request && a.error == b.error;
}

/// What is said to a relay, and what it wants then.
class conversation
{
public:
    explicit conversation(relay_engine::duration idle = 0s, relay_engine::duration half_close = 0s)
        : engine_{idle, half_close}
    {
        engine_.moved(start);
    }

    conversation& expect(const relay_action& what, unsigned line = __builtin_LINE())
    {
        const relay_action next = engine_.next();
        BOOST_TEST(same(next, what), "line " << line << ": the relay wants " << describe(next));
        return *this;
    }
    conversation& awaits(unsigned line = __builtin_LINE()) { return expect({}, line); }
    conversation& shuts_down(unsigned char way, unsigned line = __builtin_LINE())
    {
        return expect({.step = relay_step::shut_down, .direction = way}, line);
    }
    conversation& stops(unsigned char way, stop_request request, unsigned line = __builtin_LINE())
    {
        return expect({.step = relay_step::stop, .direction = way, .request = request}, line);
    }
    conversation& stops_both(stop_request request, unsigned line = __builtin_LINE())
    {
        return stops(0, request, line).stops(1, request, line);
    }
    conversation& stops_shutting(unsigned line = __builtin_LINE())
    {
        return expect({.step = relay_step::stop_shutting}, line);
    }
    void finishes(const error_code& error, unsigned line = __builtin_LINE())
    {
        expect({.step = relay_step::finish, .error = error}, line);
    }

    conversation& ends(unsigned char way) { return ends_with(way, {}, false); }
    conversation& source_fails(unsigned char way, const error_code& error) { return ends_with(way, error, false); }
    conversation& sink_fails(unsigned char way, const error_code& error) { return ends_with(way, error, true); }
    conversation& is_shut_down(unsigned char way)
    {
        engine_.shut_down(way);
        return *this;
    }
    conversation& stop(stop_request request, bool has_begun = true)
    {
        engine_.stop(request, has_begun);
        return *this;
    }
    conversation& moves_at(relay_engine::duration after_start)
    {
        engine_.moved(start + after_start);
        return *this;
    }
    conversation& it_is(relay_engine::duration after_start)
    {
        engine_.tell_time(start + after_start);
        return *this;
    }
    conversation& is_due(relay_engine::duration after_start, unsigned line = __builtin_LINE())
    {
        BOOST_TEST(engine_.is_timed(), "line " << line);
        BOOST_TEST((engine_.deadline() == start + after_start), "line " << line);
        return *this;
    }
    conversation& is_never_due(unsigned line = __builtin_LINE())
    {
        BOOST_TEST(!engine_.is_timed(), "line " << line);
        return *this;
    }

private:
    conversation& ends_with(unsigned char way, const error_code& error, bool sink_failed)
    {
        engine_.ended(way, error, sink_failed);
        return *this;
    }

    relay_engine engine_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(relay)

BOOST_AUTO_TEST_CASE(each_end_is_carried_over_and_the_other_direction_goes_on)
{
    conversation c;
    c.awaits().ends(0).shuts_down(0).awaits().is_shut_down(0).awaits();
    c.ends(1).shuts_down(1).awaits().is_shut_down(1).finishes({});
}

BOOST_AUTO_TEST_CASE(the_relay_is_over_only_when_both_sinks_are_told)
{
    conversation slow;
    slow.ends(1).shuts_down(1).awaits().ends(0).shuts_down(0).awaits();
    slow.is_shut_down(0).awaits().is_shut_down(1).finishes({});
    conversation at_once;
    at_once.ends(0).ends(1).shuts_down(0).is_shut_down(0).shuts_down(1).is_shut_down(1).finishes({});
}

BOOST_AUTO_TEST_CASE(after_a_failed_source_what_was_taken_is_delivered)
{
    conversation c;
    c.source_fails(0, reset).stops(1, stop_request::partial).awaits().source_fails(1, aborted).finishes(reset);
}

BOOST_AUTO_TEST_CASE(after_a_failed_sink_what_has_arrived_is_passed_on)
{
    conversation c;
    c.sink_fails(1, broken).stops(0, stop_request::dry).awaits().source_fails(0, aborted).finishes(broken);
    conversation clean; // the other has ended well; nobody is told any more
    clean.sink_fails(0, broken).stops(1, stop_request::dry).awaits().ends(1).finishes(broken);
}

BOOST_AUTO_TEST_CASE(the_first_error_is_the_relays)
{
    conversation c;
    c.sink_fails(0, broken).source_fails(1, reset).finishes(broken);
    conversation late;
    late.ends(0).shuts_down(0).is_shut_down(0).source_fails(1, reset).finishes(reset);
}

BOOST_AUTO_TEST_CASE(a_shutdown_that_takes_its_time_ends_when_the_relay_has_failed)
{
    conversation c;
    c.ends(0).shuts_down(0).awaits().source_fails(1, reset).stops_shutting().awaits().is_shut_down(0).finishes(reset);
}

BOOST_AUTO_TEST_CASE(nothing_is_shut_down_once_the_relay_has_failed)
{
    conversation c;
    c.source_fails(1, reset).ends(0).finishes(reset);
}

BOOST_AUTO_TEST_CASE(total_counts_only_with_nothing_taken)
{
    conversation early;
    early.stop(stop_request::total, false).stops_both(stop_request::terminal).awaits();
    early.source_fails(0, aborted).awaits().source_fails(1, aborted).finishes(aborted);
    conversation late;
    late.stop(stop_request::total, true).awaits().ends(0).shuts_down(0).is_shut_down(0).awaits();
}

BOOST_AUTO_TEST_CASE(partial_and_terminal_go_to_both)
{
    conversation partial;
    partial.stop(stop_request::partial).stops_both(stop_request::partial).awaits();
    partial.source_fails(1, aborted).awaits().source_fails(0, aborted).finishes(aborted);
    conversation terminal;
    terminal.stop(stop_request::terminal).stops_both(stop_request::terminal).awaits();
    terminal.source_fails(1, aborted).awaits().sink_fails(0, aborted).finishes(aborted);
    conversation well; // both were at their ends when the request came
    well.stop(stop_request::partial).stops_both(stop_request::partial);
    well.ends(0).shuts_down(0).is_shut_down(0).ends(1).shuts_down(1).is_shut_down(1).finishes({});
}

BOOST_AUTO_TEST_CASE(a_stronger_request_follows_a_weaker_and_not_the_other_way_round)
{
    conversation c;
    c.sink_fails(0, broken).stops(1, stop_request::dry).awaits();
    c.stop(stop_request::partial).stops(1, stop_request::partial).awaits();
    c.stop(stop_request::terminal).stops(1, stop_request::terminal).awaits();
    c.stop(stop_request::partial).awaits().source_fails(1, aborted).finishes(broken);
}

BOOST_AUTO_TEST_CASE(terminal_ends_shutdowns)
{
    conversation c;
    c.ends(0).shuts_down(0).ends(1).shuts_down(1).awaits();
    c.stop(stop_request::partial).awaits(); // nothing is to be taken any more
    c.stop(stop_request::terminal).stops_shutting().awaits();
    c.is_shut_down(0).awaits().is_shut_down(1).finishes(aborted);
}

BOOST_AUTO_TEST_CASE(a_relay_that_moves_nothing_for_too_long_ends)
{
    conversation c{10s};
    c.is_due(10s).it_is(9s).awaits().moves_at(7s).is_due(17s).it_is(16s).awaits();
    c.it_is(17s).stops_both(stop_request::terminal).awaits();
    c.source_fails(0, aborted).awaits().source_fails(1, aborted).finishes(timed_out);
}

BOOST_AUTO_TEST_CASE(once_one_direction_has_ended_the_shorter_limit_holds)
{
    conversation c{10s, 3s};
    c.is_due(10s).moves_at(1s).ends(0).is_due(4s).shuts_down(0).is_shut_down(0);
    c.moves_at(3s).is_due(6s).it_is(5s).awaits().it_is(6s).stops(1, stop_request::terminal).awaits();
    c.source_fails(1, aborted).finishes(timed_out);

    conversation idle_is_shorter{2s, 3s};
    idle_is_shorter.ends(1).is_due(2s);
    conversation only_half_close{0s, 3s};
    only_half_close.is_never_due().it_is(1000h).awaits();
    only_half_close.moves_at(1000h).ends(1).is_due(1000h + 3s);
    conversation none;
    none.is_never_due().it_is(1000h).awaits().ends(0).is_never_due().it_is(2000h).shuts_down(0).awaits();
}

BOOST_AUTO_TEST_CASE(a_shutdown_that_never_ends_is_ended_by_the_limit)
{
    conversation c{0s, 3s};
    c.ends(0).shuts_down(0).ends(1).shuts_down(1).is_shut_down(1).awaits();
    c.it_is(3s).stops_shutting().awaits().is_shut_down(0).finishes(timed_out);
}

BOOST_AUTO_TEST_CASE(when_all_is_asked_to_end_there_is_nothing_more_to_be_due)
{
    conversation late{10s, 3s}; // a call that does not end at once would be timed again and again
    late.it_is(10s).stops_both(stop_request::terminal).awaits().is_never_due().it_is(20s).awaits();
    late.source_fails(0, aborted).awaits().is_never_due();
    conversation stopped{10s, 3s};
    stopped.stop(stop_request::terminal).stops_both(stop_request::terminal).is_never_due();
    conversation shutting{10s, 3s};
    shutting.ends(0).shuts_down(0).ends(1).shuts_down(1).it_is(3s).stops_shutting().is_never_due();
    conversation delivering{10s}; // what is in flight can still hang
    delivering.stop(stop_request::partial).stops_both(stop_request::partial).is_due(10s);
}

BOOST_AUTO_TEST_CASE(a_limit_beyond_all_time_is_none_that_ends_anything)
{
    conversation c{relay_engine::duration::max(), relay_engine::duration::max()};
    c.it_is(1000h).awaits().ends(0).it_is(2000h).shuts_down(0).awaits();
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kernel_copy::test

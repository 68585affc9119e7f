// Distributed under the Boost Software License, Version 1.0.
//
// How streams end, who may say so only once; and how much of them may be in flight.
#include <support/stream_scenarios.hpp>

#include <boost/test/unit_test.hpp>

#include <cerrno>

namespace kernel_copy::test {

BOOST_AUTO_TEST_SUITE(stream_end)

BOOST_AUTO_TEST_CASE(an_error_that_comes_with_the_last_bytes_is_told)
{
    script s{streams()};
    with_both_under_way(s, 10);
    s.source_gives(0).expect(await);
    s.sink_fails(EPIPE, 10).finishes(errno_code(EPIPE), 10);
}

BOOST_AUTO_TEST_CASE(a_stream_that_ends_with_its_last_bytes_is_not_asked_again)
{
    script s{streams()};
    s.expect(read_source(buffer)).begins().expect(await);
    s.source_ends_with(10).expect(write_buffer(10)).begins().expect(await);
    s.sink_gives(10).finishes({}, 10);

    script late{streams()};
    with_both_under_way(late, 10);
    late.sink_stopped_by(stop_request::terminal, 4).expect(cancel_calls).begins().expect(await);
    late.source_ends_with(5).finishes(errno_code(ECANCELED), 4, 15);
}

BOOST_AUTO_TEST_CASE(what_a_stream_ends_with_is_kept_when_the_copy_ends_already)
{
    script ended{streams()};
    with_both_under_way(ended, 10);
    ended.sink_stopped_by(stop_request::terminal, 4).expect(cancel_calls).begins().expect(await);
    ended.source_gives(0).finishes(errno_code(ECANCELED), 4, 10);

    script reset{streams()};
    with_both_under_way(reset, 10);
    reset.sink_stopped_by(stop_request::terminal, 4).expect(cancel_calls).begins().expect(await);
    reset.source_fails(ECONNRESET).finishes(errno_code(ECONNRESET), 4, 10);

    script broken{streams()};
    with_both_under_way(broken, 10);
    broken.sink_fails(EPIPE).expect(cancel_calls).begins().expect(await);
    broken.source_fails(ECONNRESET).finishes(errno_code(EPIPE), 0, 10);
}

// All that is held may go in one turn.
BOOST_AUTO_TEST_CASE(no_more_is_read_ahead_than_a_turn_may_move_where_the_sink_is_not_waited_for_in_between)
{
    scenario of = between(end_kind::stream, end_kind::other);
    of.setup.disk = disk::inline_;
    of.setup.turn_budget = 100;
    script s{of};
    s.expect(read_source(100)).begins().expect(await);
    s.source_gives(70).expect(write_buffer(70)).fails(EAGAIN);
    s.expect(wait_sink).begins().expect(read_source(30, 1)).begins().expect(await);
    s.source_gives(30).expect(await);
    s.sink_ready().expect(write_buffer(70)).gives(70);
    s.expect(write_half(1, 30)).gives(30);
    s.expect(yield).ready().expect(read_source(100, 1)).begins().expect(await);
    s.source_gives(0).finishes({}, 100);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kernel_copy::test

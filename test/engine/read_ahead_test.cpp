// Distributed under the Boost Software License, Version 1.0.
#include <support/stream_scenarios.hpp>

#include <boost/test/unit_test.hpp>

#include <cerrno>

namespace kernel_copy::test {

BOOST_AUTO_TEST_SUITE(read_ahead)

BOOST_AUTO_TEST_CASE(S2_one_half_is_read_into_while_the_other_is_written)
{
    script s{streams()};
    with_both_under_way(s, 5);
    s.source_gives(7).expect(await); // nothing to begin: both halves hold bytes
    s.sink_gives(2).expect(write_buffer(3, 2)).begins().expect(await);
    s.sink_gives(3).expect(write_half(1, 7)).begins().expect(read_source(buffer)).begins().expect(await);
    s.sink_gives(7).expect(await);
    s.source_gives(1).expect(write_buffer(1)).begins().expect(read_source(buffer, 1)).begins().expect(await);
    s.source_gives(0).expect(await);
    s.sink_gives(1).finishes({}, 13);
}

BOOST_AUTO_TEST_CASE(S2_a_sink_that_is_faster_waits_for_the_source)
{
    script s{streams()};
    with_both_under_way(s, 5);
    s.sink_gives(5).expect(await);
    s.source_gives(6).expect(write_half(1, 6)).begins().expect(read_source(buffer)).begins().expect(await);
    s.sink_gives(6).expect(await);
    s.source_gives(0).finishes({}, 11);
}

BOOST_AUTO_TEST_CASE(S2_a_descriptor_at_the_sink_is_written_at_once)
{
    script s{between(end_kind::stream, end_kind::stream_socket)};
    s.expect(read_source(buffer)).begins().expect(await);
    s.source_gives(10).expect(write_buffer(10)).gives(4);
    s.expect(write_buffer(6, 4)).fails(EAGAIN);
    s.expect(wait_sink).begins().expect(read_source(buffer, 1)).begins().expect(await);
    s.source_gives(20).expect(await);
    s.sink_ready().expect(write_buffer(6, 4)).gives(6);
    s.expect(write_half(1, 20)).gives(20);
    s.expect(read_source(buffer, 1)).begins().expect(await);
    s.source_gives(0).finishes({}, 30);
}

BOOST_AUTO_TEST_CASE(S2_a_descriptor_at_the_source_is_read_ahead_and_waited_for_meanwhile)
{
    script s{between(end_kind::stream_socket, end_kind::stream)};
    s.expect(read_source(buffer)).fails(EAGAIN);
    s.expect(wait_source).begins().expect(await);
    s.source_ready().expect(read_source(buffer)).gives(10);
    s.expect(write_buffer(10)).begins();
    s.expect(read_source(buffer, 1)).gives(20).expect(await);
    s.sink_gives(10).expect(write_half(1, 20)).begins();
    s.expect(read_source(buffer)).fails(EAGAIN);
    s.expect(wait_source).begins().expect(await);
    s.sink_gives(20).expect(await);
    s.source_ready().expect(read_source(buffer, 1)).gives(0);
    s.finishes({}, 30);
}

BOOST_AUTO_TEST_CASE(S26_a_limit_counts_what_is_under_way_in_both_halves)
{
    scenario limited = streams();
    limited.layers = {exactly(100)};
    script s{limited};
    s.expect(read_source(100)).begins().expect(await);
    s.source_gives(60).expect(write_buffer(60)).begins().expect(read_source(40, 1)).begins().expect(await);
    s.source_gives(40).expect(await); // nothing more may be taken
    s.sink_gives(60).expect(write_half(1, 40)).begins().expect(await);
    s.sink_gives(40).finishes({}, 100);
}

BOOST_AUTO_TEST_CASE(S20_memory_goes_first_and_alone)
{
    scenario with_memory = streams();
    with_memory.layers = {prefixed(10)};
    script s{with_memory};
    s.expect(write_memory(10)).gives(4);
    s.expect(write_memory(6)).gives(6);
    s.expect(read_source(buffer)).begins().expect(await);
    s.source_gives(0).finishes({}, 10);
}

BOOST_AUTO_TEST_CASE(a_stream_that_brings_bytes_and_an_error_delivers_the_bytes_first)
{
    script s{streams()};
    s.expect(read_source(buffer)).begins().expect(await);
    s.source_fails(ECONNRESET, 10).expect(write_buffer(10)).begins().expect(await);
    s.sink_gives(4).expect(write_buffer(6, 4)).begins().expect(await);
    s.sink_gives(6).finishes(errno_code(ECONNRESET), 10);
}

BOOST_AUTO_TEST_CASE(an_error_of_the_source_comes_after_the_bytes_of_both_halves)
{
    script s{streams()};
    with_both_under_way(s, 10);
    s.source_gives(20).expect(await);
    s.sink_gives(10).expect(write_half(1, 20)).begins().expect(read_source(buffer)).begins().expect(await);
    s.source_fails(EIO).expect(await);
    s.sink_gives(20).finishes(errno_code(EIO), 30);
}

BOOST_AUTO_TEST_CASE(an_error_of_the_sink_ends_the_read_that_is_under_way)
{
    script s{streams()};
    with_both_under_way(s, 10);
    s.sink_fails(EPIPE, 7).expect(cancel_calls).begins().expect(await);
    s.source_stopped_by(stop_request::terminal).finishes(errno_code(EPIPE), 7, 10);
    BOOST_TEST(s.engine().sink_failed());

    script late{streams()}; // the read has taken bytes before it could be ended: they count
    with_both_under_way(late, 10);
    late.sink_fails(EPIPE).expect(cancel_calls).begins().expect(await);
    late.source_gives(30, stop_request::terminal).finishes(errno_code(EPIPE), 0, 40);
}

BOOST_AUTO_TEST_CASE(of_two_errors_the_first_is_reported)
{
    script source{streams()};
    with_both_under_way(source, 10);
    source.source_fails(EIO).expect(await);
    source.sink_fails(EPIPE).finishes(errno_code(EIO), 0, 10);
    BOOST_TEST(!source.engine().sink_failed());

    script sink{streams()};
    with_both_under_way(sink, 10);
    sink.sink_fails(EPIPE).expect(cancel_calls).begins().expect(await);
    sink.source_fails(EIO).finishes(errno_code(EPIPE), 0, 10);
}

BOOST_AUTO_TEST_CASE(a_sink_that_takes_nothing_is_an_error)
{
    script s{streams()};
    with_both_under_way(s, 10);
    s.sink_gives(0).expect(cancel_calls).begins().expect(await);
    s.source_stopped_by(stop_request::terminal).finishes(errc::sink_took_nothing, 0, 10);
}

BOOST_AUTO_TEST_CASE(a_stream_that_says_EAGAIN_cannot_be_waited_for)
{
    script source{between(end_kind::stream, end_kind::stream_socket)};
    source.expect(read_source(buffer)).begins().expect(await);
    source.source_fails(EAGAIN).finishes(errno_code(EAGAIN), 0);
    script sink{between(end_kind::stream_socket, end_kind::stream)};
    sink.expect(read_source(buffer)).gives(1);
    sink.expect(write_buffer(1)).begins().expect(read_source(buffer, 1)).fails(EAGAIN);
    sink.expect(wait_source).begins().expect(await);
    sink.sink_fails(EAGAIN).expect(cancel_calls).begins().expect(await);
    sink.source_stopped_by(stop_request::terminal).finishes(errno_code(EAGAIN), 0, 1);
}

BOOST_AUTO_TEST_CASE(P30_a_file_gets_back_what_both_halves_hold)
{
    for (const end_kind source : {end_kind::regular_file, end_kind::unknown})
    {
        script s{between(source, end_kind::stream)};
        s.expect(read_source(buffer)).gives(100);
        s.expect(write_buffer(100)).begins().expect(read_source(buffer, 1)).gives(50);
        s.expect(await).sink_fails(EPIPE, 30);
        s.expect(unread_source(120)).done();
        s.finishes(errno_code(EPIPE), 30);
    }
    scenario range = between(end_kind::regular_file, end_kind::stream);
    range.position = 5000;
    script s{range};
    s.expect(read_source(buffer)).gives(100);
    s.expect(write_buffer(100)).begins().expect(read_source(buffer, 1)).gives(50);
    s.expect(await).sink_fails(EPIPE, 30).finishes(errno_code(EPIPE), 30);
    BOOST_TEST(s.source().position() == 5030u);
}

BOOST_AUTO_TEST_CASE(a_turn_that_is_spent_gives_the_thread_away)
{
    scenario short_turns = between(end_kind::stream, end_kind::stream_socket);
    short_turns.setup.turn_budget = 1000;
    script s{short_turns};
    s.expect(read_source(1000)).begins().expect(await);
    s.source_gives(1000).expect(write_buffer(1000)).gives(1000);
    s.expect(yield).ready();
    s.expect(read_source(1000)).begins().expect(await);
    s.source_gives(0).finishes({}, 1000);
}

BOOST_AUTO_TEST_CASE(partial_ends_the_read_and_delivers_both_halves)
{
    script s{streams()};
    with_both_under_way(s, 10);
    s.hears(stop_request::partial);
    s.source_stopped_by(stop_request::partial, 20).expect(await);
    s.sink_gives(4).expect(write_buffer(6, 4)).begins().expect(await);
    s.sink_gives(6).expect(write_half(1, 20)).begins().expect(await);
    s.sink_gives(20).finishes(errno_code(ECANCELED), 30);
}

BOOST_AUTO_TEST_CASE(partial_at_the_natural_end_is_no_abort)
{
    script s{streams()};
    with_both_under_way(s, 10);
    s.hears(stop_request::partial);
    s.source_gives(0, stop_request::partial).expect(await);
    s.sink_gives(10).finishes({}, 10);
}

BOOST_AUTO_TEST_CASE(terminal_ends_both_calls_and_counts_what_they_did)
{
    script s{streams()};
    with_both_under_way(s, 10);
    s.sink_stopped_by(stop_request::terminal, 4).expect(cancel_calls).begins().expect(await);
    s.source_stopped_by(stop_request::terminal, 5).finishes(errno_code(ECANCELED), 4, 15);
}

BOOST_AUTO_TEST_CASE(terminal_hides_neither_the_natural_end_nor_the_first_error)
{
    script ended{streams()};
    ended.expect(read_source(buffer)).begins().expect(await);
    ended.source_gives(0, stop_request::terminal).finishes({}, 0);

    scenario limited = streams();
    limited.layers = {take(10)};
    script reached{limited};
    reached.expect(read_source(10)).begins().expect(await);
    reached.source_gives(10).expect(write_buffer(10)).begins().expect(await);
    reached.sink_gives(10, stop_request::terminal).finishes({}, 10);

    script failed{streams()};
    with_both_under_way(failed, 10);
    failed.source_fails(EIO).expect(await);
    failed.sink_stopped_by(stop_request::terminal, 4).finishes(errno_code(EIO), 4, 10);
}

BOOST_AUTO_TEST_CASE(total_that_comes_too_late_ends_nothing)
{
    script s{streams()};
    s.expect(read_source(buffer)).begins().expect(await);
    s.source_stopped_by(stop_request::total, 10).expect(write_buffer(10)).begins();
    s.expect(read_source(buffer, 1)).begins().expect(await);
    s.source_stopped_by(stop_request::total).expect(read_source(buffer, 1)).begins().expect(await);
    s.sink_stopped_by(stop_request::total, 6).expect(write_buffer(4, 6)).begins().expect(await);
    s.sink_gives(4).expect(await);
    s.source_gives(0).finishes({}, 10);
    script early{streams()};
    early.expect(read_source(buffer)).begins().expect(await);
    early.source_stopped_by(stop_request::total).finishes(errno_code(ECANCELED), 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kernel_copy::test

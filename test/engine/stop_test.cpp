// Distributed under the Boost Software License, Version 1.0.
#include <support/pipe_scenarios.hpp>

#include <boost/test/unit_test.hpp>

#include <cerrno>

namespace kernel_copy::test {

namespace {

constexpr std::uint64_t turn = 256 * 1024;
constexpr std::uint64_t buffer = 64 * 1024;
const error_code aborted = errno_code(ECANCELED);

/// A conversation with `taken` bytes in the pipe, at a wait for the sink.
script& with_bytes_in_the_pipe(script& s, std::uint64_t taken)
{
    return s.expect(open_pipe)
        .done()
        .expect(fill_pipe(turn))
        .gives(taken)
        .expect(drain_pipe(taken))
        .fails(EAGAIN)
        .expect(wait_sink);
}

} // namespace

BOOST_AUTO_TEST_SUITE(stop)

BOOST_AUTO_TEST_CASE(total_is_honoured_until_the_first_byte)
{
    script{socket_to_socket()}
        .expect(open_pipe)
        .done()
        .expect(fill_pipe(turn))
        .fails(EAGAIN)
        .expect(return_pipe)
        .done()
        .expect(wait_source)
        .stopped_by(stop_request::total)
        .finishes(aborted, 0);
}

BOOST_AUTO_TEST_CASE(total_is_ignored_after_the_first_byte)
{
    script s{socket_to_socket()};
    with_bytes_in_the_pipe(s, 10)
        .stopped_by(stop_request::total)
        .expect(wait_sink)
        .ready(stop_request::total)
        .expect(drain_pipe(10))
        .gives(10, stop_request::total)
        .expect(fill_pipe(turn - 10))
        .gives(0)
        .finishes({}, 10);
}

BOOST_AUTO_TEST_CASE(total_that_comes_with_the_first_byte_is_too_late)
{
    script{between(end_kind::regular_file, end_kind::stream_socket, 100)}
        .expect(transfer(method::sendfile, 100))
        .gives(60, stop_request::total)
        .expect(transfer(method::sendfile, 40))
        .gives(40)
        .expect(transfer(method::sendfile, turn - 100))
        .gives(0)
        .finishes({}, 100);
}

BOOST_AUTO_TEST_CASE(partial_delivers_what_is_in_flight)
{
    script s{socket_to_socket()};
    with_bytes_in_the_pipe(s, 100)
        .stopped_by(stop_request::partial)
        .expect(wait_sink)
        .ready()
        .expect(drain_pipe(100))
        .gives(40)
        .expect(drain_pipe(60))
        .fails(EAGAIN)
        .expect(wait_sink)
        .ready()
        .expect(drain_pipe(60))
        .gives(60)
        .finishes(aborted, 100);
}

BOOST_AUTO_TEST_CASE(partial_at_the_end_of_the_source_is_no_abort)
{
    script{between(end_kind::pipe, end_kind::stream_socket)}
        .expect(transfer(method::splice, turn))
        .gives(10)
        .expect(transfer(method::splice, turn - 10))
        .gives(0, stop_request::partial)
        .finishes({}, 10);
}

BOOST_AUTO_TEST_CASE(partial_at_a_limit_that_is_used_up_is_no_abort)
{
    scenario limited = socket_to_socket();
    limited.layers = {exactly(100)};
    script s{limited};
    s.expect(open_pipe).done();
    s.expect(fill_pipe(100)).gives(100, stop_request::partial);
    s.expect(drain_pipe(100)).gives(100);
    s.finishes({}, 100);
}

BOOST_AUTO_TEST_CASE(partial_leaves_memory_unwritten)
{
    scenario with_memory = socket_to_socket();
    with_memory.layers = {prefixed(10)};
    script s{with_memory};
    s.expect(write_memory(10)).gives(4, stop_request::partial);
    s.finishes(aborted, 4);
    BOOST_TEST(s.source().consumed(0) == 4u);
}

BOOST_AUTO_TEST_CASE(partial_with_memory_before_a_limit_that_is_used_up_is_an_abort)
{
    scenario with_memory = socket_to_socket();
    with_memory.layers = {prefixed(10), take(0)};
    script{with_memory}.expect(write_memory(10)).gives(4, stop_request::partial).finishes(aborted, 4);
}

BOOST_AUTO_TEST_CASE(partial_never_waits_with_nothing_in_flight)
{
    scenario buffered = between(end_kind::pipe, end_kind::stream_socket);
    buffered.setup.sink_buffers = true;
    script{buffered}.expect(flush_sink).fails(EAGAIN, stop_request::partial).finishes(aborted, 0);
    script{between(end_kind::pipe, end_kind::stream_socket)}
        .expect(transfer(method::splice, turn))
        .fails(EAGAIN, stop_request::partial)
        .expect(ask_readiness)
        .gives(detail::sink_ready)
        .finishes(aborted, 0);
}

BOOST_AUTO_TEST_CASE(partial_with_a_refused_drain_still_delivers_the_pipe)
{
    script{socket_to_socket()}
        .expect(open_pipe)
        .done()
        .expect(fill_pipe(turn))
        .gives(100)
        .expect(drain_pipe(100))
        .fails(EINVAL, stop_request::partial)
        .expect(read_pipe(100))
        .gives(100)
        .expect(write_buffer(100))
        .gives(100)
        .finishes(aborted, 100);
}

BOOST_AUTO_TEST_CASE(only_a_sink_that_fails_is_said_to_have_failed)
{
    script stopped{socket_to_socket()};
    with_bytes_in_the_pipe(stopped, 100).ready().expect(drain_pipe(100)).gives(100, stop_request::partial);
    stopped.finishes(aborted, 100);
    BOOST_TEST(!stopped.engine().sink_failed());

    scenario owed = between(end_kind::stream_socket, end_kind::other); // after the last write as well
    owed.layers = {exactly(10), take(5)};
    script truncated{owed};
    truncated.expect(read_source(5)).gives(5).expect(write_buffer(5)).gives(5).finishes(errc::source_truncated, 5);
    BOOST_TEST(!truncated.engine().sink_failed());

    script failed{socket_to_socket()};
    with_bytes_in_the_pipe(failed, 100).ready().expect(drain_pipe(100)).fails(EPIPE);
    failed.finishes(errno_code(EPIPE), 0, 100);
    BOOST_TEST(failed.engine().sink_failed());
}

BOOST_AUTO_TEST_CASE(terminal_ends_after_the_present_step)
{
    script s{socket_to_socket()};
    with_bytes_in_the_pipe(s, 100).stopped_by(stop_request::terminal).finishes(aborted, 0, 100);
    script{socket_to_socket()}
        .expect(open_pipe)
        .done()
        .expect(fill_pipe(turn))
        .gives(100)
        .expect(drain_pipe(100))
        .gives(30, stop_request::terminal)
        .expect(push_sink)
        .done()
        .finishes(aborted, 30, 100);
}

BOOST_AUTO_TEST_CASE(P30_terminal_gives_a_file_back_what_was_not_delivered)
{
    script s{between(end_kind::regular_file, end_kind::stream_socket)};
    s.expect(read_source(buffer)).gives(100);
    s.expect(write_buffer(100)).gives(30);
    s.expect(write_buffer(70, 30)).fails(EAGAIN);
    s.expect(wait_sink).stopped_by(stop_request::terminal);
    s.expect(unread_source(70)).done(stop_request::terminal);
    s.finishes(aborted, 30);
    BOOST_TEST(s.around().cursor() == 30u);
}

BOOST_AUTO_TEST_CASE(terminal_does_not_hide_the_first_error)
{
    script{between(end_kind::pipe, end_kind::stream_socket)}
        .expect(transfer(method::splice, turn))
        .fails(EPIPE, stop_request::terminal)
        .finishes(errno_code(EPIPE), 0);
}

BOOST_AUTO_TEST_CASE(terminal_does_not_hide_the_natural_end)
{
    script{between(end_kind::pipe, end_kind::stream_socket)}
        .expect(transfer(method::splice, turn))
        .gives(0, stop_request::terminal)
        .finishes({}, 0);
}

BOOST_AUTO_TEST_CASE(terminal_during_a_probe_ends_there)
{
    script{between(end_kind::pipe, end_kind::stream_socket)}
        .expect(transfer(method::splice, turn))
        .fails(EPERM)
        .expect(probe_call(method::splice))
        .gives(1, stop_request::terminal)
        .finishes(aborted, 0);
}

BOOST_AUTO_TEST_CASE(a_stronger_request_may_follow)
{
    script s{socket_to_socket()};
    with_bytes_in_the_pipe(s, 100)
        .stopped_by(stop_request::total)
        .expect(wait_sink)
        .stopped_by(stop_request::partial)
        .expect(wait_sink)
        .stopped_by(stop_request::terminal)
        .finishes(aborted, 0, 100);
}

BOOST_AUTO_TEST_CASE(a_wait_that_ends_without_a_request_ends_the_copy)
{
    script s{socket_to_socket()};
    with_bytes_in_the_pipe(s, 100).fails(ECANCELED).finishes(aborted, 0, 100);
    script file{between(end_kind::regular_file, end_kind::stream_socket)};
    file.expect(read_source(buffer)).gives(100).expect(write_buffer(100)).fails(EAGAIN);
    file.expect(wait_sink).fails(ECANCELED).expect(unread_source(100)).done().finishes(aborted, 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kernel_copy::test

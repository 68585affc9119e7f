// Distributed under the Boost Software License, Version 1.0.
#include <support/script.hpp>

#include <boost/test/unit_test.hpp>

#include <cerrno>

namespace kernel_copy::test {

namespace {

constexpr std::uint64_t turn = 256 * 1024;
constexpr std::uint64_t buffer = 64 * 1024;
constexpr auto dry = stop_request::dry;
const error_code aborted = errno_code(ECANCELED);

} // namespace

BOOST_AUTO_TEST_SUITE(stop_when_dry)

BOOST_AUTO_TEST_CASE(a_source_that_seemed_to_be_dry_is_asked_once_more_and_no_more_often)
{
    script s{between(end_kind::stream_socket, end_kind::stream_socket)};
    s.expect(open_pipe).done();
    s.expect(fill_pipe(turn)).fails(EAGAIN);
    s.expect(return_pipe).done();
    s.expect(wait_source).ready();
    s.expect(open_pipe).done();
    s.expect(fill_pipe(turn)).gives(100); // less than it was asked for, after it has been waited for
    s.expect(drain_pipe(100)).fails(EAGAIN);
    s.expect(wait_sink).hears(dry).ready();
    s.expect(drain_pipe(100)).gives(100);
    s.expect(fill_pipe(turn - 100)).fails(EAGAIN);
    s.expect(return_pipe).done();
    s.finishes(aborted, 100);
}

BOOST_AUTO_TEST_CASE(what_the_source_has_ready_is_still_taken)
{
    script s{between(end_kind::stream_socket, end_kind::stream_socket)};
    s.expect(open_pipe).done();
    s.expect(fill_pipe(turn)).gives(100);
    s.expect(drain_pipe(100)).fails(EAGAIN);
    s.expect(wait_sink).hears(dry).ready();
    s.expect(drain_pipe(100)).gives(100);
    s.expect(fill_pipe(turn - 100)).gives(50);
    s.expect(drain_pipe(50)).gives(50);
    s.expect(fill_pipe(turn - 150)).fails(EAGAIN);
    s.expect(return_pipe).done();
    s.finishes(aborted, 150);
}

BOOST_AUTO_TEST_CASE(a_wait_for_the_source_ends)
{
    script{between(end_kind::pipe, end_kind::other)}
        .expect(transfer(method::splice, turn))
        .fails(EAGAIN)
        .expect(ask_readiness)
        .gives(detail::sink_ready)
        .expect(wait_source)
        .stopped_by(dry)
        .finishes(aborted, 0);
    script{between(end_kind::stream_socket, end_kind::other)}
        .expect(read_source(buffer))
        .fails(EAGAIN)
        .expect(wait_source)
        .ready(dry) // too late: it has something
        .expect(read_source(buffer))
        .gives(10)
        .expect(write_buffer(10))
        .gives(10)
        .expect(read_source(buffer))
        .fails(EAGAIN)
        .finishes(aborted, 10);
}

BOOST_AUTO_TEST_CASE(a_short_read_is_no_answer)
{
    // Where it usually saves the read that would say that there is no more.
    scenario adaptive = between(end_kind::stream_socket, end_kind::stream_socket);
    adaptive.setup.adaptive = true;
    const auto waited_for = [](script& s) -> script& {
        return s.expect(read_source(buffer)).fails(EAGAIN).expect(wait_source).ready().expect(read_source(buffer));
    };
    script ended{adaptive};
    waited_for(ended).gives(100, dry).expect(write_buffer(100)).gives(100);
    ended.expect(read_source(buffer)).gives(0).finishes({}, 100); // the end was right behind

    script more{adaptive};
    waited_for(more).gives(100).expect(write_buffer(100)).fails(EAGAIN);
    more.expect(wait_sink).hears(dry).ready();
    more.expect(write_buffer(100)).gives(100);
    more.expect(read_source(buffer)).gives(20).expect(write_buffer(20)).gives(20);
    more.expect(read_source(buffer)).fails(EAGAIN).finishes(aborted, 120);
}

BOOST_AUTO_TEST_CASE(the_natural_end_is_no_abort)
{
    script s{between(end_kind::stream_socket, end_kind::other)};
    s.expect(read_source(buffer)).gives(10, dry);
    s.expect(write_buffer(10)).gives(10);
    s.expect(read_source(buffer)).gives(0);
    s.finishes({}, 10);
}

BOOST_AUTO_TEST_CASE(a_file_is_never_dry)
{
    script{between(end_kind::regular_file, end_kind::stream_socket, 100)}
        .expect(transfer(method::sendfile, 100))
        .gives(60, dry)
        .expect(transfer(method::sendfile, 40))
        .fails(EAGAIN)
        .expect(wait_sink)
        .ready()
        .expect(transfer(method::sendfile, 40))
        .gives(40)
        .expect(transfer(method::sendfile, turn - 40))
        .gives(0)
        .finishes({}, 100);
}

BOOST_AUTO_TEST_CASE(memory_is_ready_whatever_the_source_is)
{
    scenario s = between(end_kind::stream_socket, end_kind::other);
    s.layers = {prefixed(10)};
    script{s}
        .expect(write_memory(10))
        .gives(4, dry)
        .expect(write_memory(6))
        .gives(6)
        .expect(read_source(buffer))
        .fails(EAGAIN)
        .finishes(aborted, 10);
}

BOOST_AUTO_TEST_CASE(a_stream_can_not_tell_and_gives_no_more)
{
    script s{between(end_kind::stream, end_kind::stream)};
    s.expect(read_source(buffer)).begins().expect(await);
    s.source_gives(10).expect(write_buffer(10)).begins().expect(read_source(buffer, 1)).begins().expect(await);
    s.source_stopped_by(dry, 5).expect(await);
    s.sink_gives(10).expect(write_half(1, 5)).begins().expect(await);
    s.sink_gives(5).finishes(aborted, 15);
}

BOOST_AUTO_TEST_CASE(a_stream_is_not_read_first_if_the_request_came_while_memory_was_written)
{
    scenario s = between(end_kind::stream, end_kind::stream);
    s.layers = {prefixed(10)};
    script{s}.expect(write_memory(10)).hears(dry).gives(4).expect(write_memory(6)).gives(6).finishes(aborted, 10);
}

BOOST_AUTO_TEST_CASE(a_stream_is_not_read_if_the_request_came_during_a_yield)
{
    scenario s = between(end_kind::stream, end_kind::stream_socket);
    s.setup.turn_budget = 10;
    script{s}
        .expect(read_source(10))
        .begins()
        .expect(await)
        .source_gives(10)
        .expect(write_buffer(10))
        .gives(10)
        .expect(yield)
        .ready(dry)
        .finishes(aborted, 10);
}

BOOST_AUTO_TEST_CASE(a_descriptor_is_read_until_it_is_dry_where_the_sink_is_a_stream)
{
    script s{between(end_kind::stream_socket, end_kind::stream)};
    s.expect(read_source(buffer)).gives(10);
    s.expect(write_buffer(10)).begins().expect(read_source(buffer, 1)).gives(20);
    s.expect(await).hears(dry).sink_gives(10);
    s.expect(write_half(1, 20)).begins().expect(read_source(buffer)).gives(30);
    s.expect(await).sink_gives(20);
    s.expect(write_buffer(30)).begins().expect(read_source(buffer, 1)).fails(EAGAIN);
    s.expect(await).sink_gives(30);
    s.finishes(aborted, 60);

    script waits{between(end_kind::stream_socket, end_kind::stream)};
    waits.expect(read_source(buffer)).fails(EAGAIN);
    waits.expect(wait_source).begins().expect(await);
    waits.source_stopped_by(dry).finishes(aborted, 0);

    script ends{between(end_kind::stream_socket, end_kind::stream)};
    ends.expect(read_source(buffer)).gives(10);
    ends.expect(write_buffer(10)).begins().expect(read_source(buffer, 1)).fails(EAGAIN);
    ends.expect(wait_source).begins().expect(await);
    ends.source_ready().expect(read_source(buffer, 1)).gives(0);
    ends.expect(await).hears(dry).sink_gives(10);
    ends.finishes({}, 10);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kernel_copy::test

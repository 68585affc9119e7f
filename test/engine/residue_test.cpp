// Distributed under the Boost Software License, Version 1.0.
#include <support/pipe_scenarios.hpp>

#include <boost/test/unit_test.hpp>

#include <cerrno>

namespace kernel_copy::test {

namespace {

constexpr std::uint64_t turn = 256 * 1024;
constexpr std::uint64_t buffer = 64 * 1024;
const error_code aborted = errno_code(ECANCELED);
const error_code reset = errno_code(ECONNRESET);

scenario keeping(scenario s)
{
    s.setup.keeps_residue = true;
    return s;
}

} // namespace

// What is kept, and in which order, is checked by the runs themselves, in every replay of every script.
BOOST_AUTO_TEST_SUITE(residue)

BOOST_AUTO_TEST_CASE(what_a_pipe_holds_is_read_out_of_it)
{
    script{keeping(socket_to_socket())}
        .expect(open_pipe)
        .done()
        .expect(fill_pipe(turn))
        .gives(1000)
        .expect(drain_pipe(1000))
        .gives(300)
        .expect(drain_pipe(700))
        .fails(ECONNRESET)
        .expect(save_pipe(700))
        .gives(500)
        .expect(save_pipe(200))
        .gives(200)
        .finishes(reset, 300, 1000);
}

BOOST_AUTO_TEST_CASE(what_can_not_be_read_out_is_counted_as_before)
{
    script{keeping(socket_to_socket())}
        .expect(open_pipe)
        .done()
        .expect(fill_pipe(turn))
        .gives(1000)
        .expect(drain_pipe(1000))
        .fails(EPIPE)
        .expect(save_pipe(1000))
        .gives(0)
        .finishes(errno_code(EPIPE), 0, 1000);
}

BOOST_AUTO_TEST_CASE(a_terminal_stop_leaves_what_the_buffer_holds)
{
    scenario s = keeping(socket_to_socket());
    s.setup.methods = {method::buffer};
    script{s}
        .expect(read_source(buffer))
        .gives(5000)
        .expect(write_buffer(5000))
        .gives(2000)
        .expect(write_buffer(3000, 2000))
        .fails(EAGAIN)
        .expect(wait_sink)
        .stopped_by(stop_request::terminal)
        .expect(save_buffer(3000, 2000))
        .gives(3000)
        .finishes(aborted, 2000, 5000);
}

BOOST_AUTO_TEST_CASE(the_buffer_comes_before_the_pipe_that_it_was_read_from)
{
    script{keeping(socket_to_socket())}
        .expect(open_pipe)
        .done()
        .expect(fill_pipe(turn))
        .gives(100'000)
        .expect(drain_pipe(100'000))
        .fails(EINVAL)
        .expect(read_pipe(buffer))
        .gives(buffer)
        .expect(write_buffer(buffer))
        .gives(1000)
        .expect(write_buffer(buffer - 1000, 1000))
        .fails(ECONNRESET)
        .expect(save_buffer(buffer - 1000, 1000))
        .gives(buffer - 1000)
        .expect(save_pipe(100'000 - buffer))
        .gives(100'000 - buffer)
        .finishes(reset, 1000, 100'000);
}

BOOST_AUTO_TEST_CASE(a_file_is_given_back_what_was_not_delivered_and_leaves_nothing)
{
    scenario s = keeping(between(end_kind::regular_file, end_kind::stream_socket, 100'000));
    s.setup.methods = {method::buffer};
    script{s}
        .expect(read_source(buffer))
        .gives(5000)
        .expect(write_buffer(5000))
        .fails(ECONNRESET)
        .expect(unread_source(5000))
        .done()
        .finishes(reset, 0);
}

BOOST_AUTO_TEST_CASE(what_can_not_be_given_back_is_kept)
{
    scenario s = keeping(between(end_kind::unknown, end_kind::stream_socket));
    s.setup.methods = {method::buffer};
    script{s}
        .expect(read_source(buffer))
        .gives(5000)
        .expect(write_buffer(5000))
        .fails(ECONNRESET)
        .expect(unread_source(5000))
        .fails(ESPIPE)
        .expect(save_buffer(5000))
        .gives(5000)
        .finishes(reset, 0, 5000);
}

// A request ends waits and the functions of streams; no lseek(2) fails because of it.
BOOST_AUTO_TEST_CASE(a_step_back_that_fails_beside_a_request_is_not_made_again)
{
    scenario s = keeping(between(end_kind::unknown, end_kind::stream_socket));
    s.setup.methods = {method::buffer};
    script{s}
        .expect(read_source(buffer))
        .gives(5000)
        .expect(write_buffer(5000))
        .fails(ECONNRESET)
        .expect(unread_source(5000))
        .fails(ECANCELED, stop_request::terminal)
        .expect(save_buffer(5000))
        .gives(5000)
        .finishes(reset, 0, 5000);
}

BOOST_AUTO_TEST_CASE(both_halves_that_a_stream_was_read_into_are_kept_in_order)
{
    script{keeping(between(end_kind::stream, end_kind::stream))}
        .expect(read_source(buffer))
        .begins()
        .expect(await)
        .source_gives(1000)
        .expect(write_buffer(1000))
        .begins()
        .expect(read_source(buffer, 1))
        .begins()
        .expect(await)
        .source_gives(2000)
        .expect(await)
        .sink_fails(ECONNRESET)
        .expect(save_buffer(1000))
        .gives(1000)
        .expect(save_buffer(2000, 0, 1))
        .gives(2000)
        .finishes(reset, 0, 3000);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kernel_copy::test

// Distributed under the Boost Software License, Version 1.0.
#include <support/script.hpp>

#include <boost/test/unit_test.hpp>

#include <cerrno>

namespace kernel_copy::test {

namespace {

constexpr std::uint64_t turn = 256 * 1024;

scenario file_to_socket(std::uint64_t size, std::vector<layer_spec> layers)
{
    scenario s = between(end_kind::regular_file, end_kind::stream_socket, size);
    s.layers = std::move(layers);
    return s;
}

scenario socket_to_buffered_file(std::vector<layer_spec> layers)
{
    scenario s = between(end_kind::stream_socket, end_kind::regular_file);
    s.layers = std::move(layers);
    s.setup.sink_buffers = true;
    return s;
}

} // namespace

BOOST_AUTO_TEST_SUITE(memory_and_limits)

BOOST_AUTO_TEST_CASE(S19_S20_S21_flush_then_drain_then_move)
{
    script{socket_to_buffered_file({prefixed(10)})}
        .expect(flush_sink)
        .done()
        .expect(write_memory(10))
        .gives(10)
        .expect(open_pipe)
        .done()
        .expect(fill_pipe(turn - 10))
        .gives(5)
        .expect(drain_pipe(5))
        .gives(5)
        .expect(fill_pipe(turn - 15))
        .gives(0)
        .finishes({}, 15);
}

BOOST_AUTO_TEST_CASE(S19_a_flush_waits_for_the_sink)
{
    scenario s = between(end_kind::pipe, end_kind::stream_socket);
    s.setup.sink_buffers = true;
    script{s}
        .expect(flush_sink)
        .fails(EAGAIN)
        .expect(wait_sink)
        .ready()
        .expect(flush_sink)
        .done()
        .expect(transfer(method::splice, turn))
        .gives(0)
        .finishes({}, 0);
    s.setup.sink.kind = end_kind::stream;
    script{s}.expect(flush_sink).fails(EAGAIN).finishes(errno_code(EAGAIN), 0);
}

BOOST_AUTO_TEST_CASE(S22_an_error_while_draining_or_flushing_ends_the_copy_at_once)
{
    for (const int error : {EPIPE, EIO, EINVAL, ENOSYS, EPERM})
    {
        script{socket_to_buffered_file({prefixed(10)})}.expect(flush_sink).fails(error).finishes(errno_code(error), 0);
        script{file_to_socket(100, {prefixed(10)})}
            .expect(with_more(write_memory(10)))
            .gives(3)
            .expect(with_more(write_memory(7)))
            .fails(error)
            .finishes(errno_code(error), 3);
    }
    script{file_to_socket(100, {prefixed(10)})}
        .expect(with_more(write_memory(10)))
        .gives(0)
        .finishes(errc::sink_took_nothing, 0);
}

BOOST_AUTO_TEST_CASE(S22_a_write_that_takes_some_and_fails_counts_what_it_took)
{
    scenario s = between(end_kind::stream_socket, end_kind::stream);
    s.layers = {prefixed(10)};
    script{s}.expect(write_memory(10)).gives_and_fails(4, EPIPE).finishes(errno_code(EPIPE), 4);

    // A stream's own write that a request has ended.
    s.setup.sink.kind = end_kind::stream;
    script{s}
        .expect(write_memory(10))
        .gives_and_fails(4, ECANCELED, stop_request::terminal)
        .finishes(errno_code(ECANCELED), 4);
    script{s}.expect(write_memory(10)).fails(EAGAIN).finishes(errno_code(EAGAIN), 0);
}

BOOST_AUTO_TEST_CASE(S23_nested_memory_drains_outermost_first_with_the_limit_that_is_left)
{
    script s{file_to_socket(1000, {prefixed(5), take(20), prefixed(8), exactly(30), prefixed(6)})};
    s.expect(with_more(write_memory(5))).gives(5);
    s.expect(with_more(write_memory(8))).gives(8);
    s.expect(with_more(write_memory(6))).gives(6);
    s.expect(transfer(method::sendfile, 6)).gives(6);
    s.finishes({}, 25);
    BOOST_TEST(s.source().limit_left(1) == 0u);
    BOOST_TEST(s.source().limit_left(3) == 18u);
}

BOOST_AUTO_TEST_CASE(S24_S25_bytes_beyond_a_limit_stay_buffered)
{
    script s{file_to_socket(1000, {take(7), prefixed(10)})};
    s.expect(write_memory(7)).gives(2);
    BOOST_TEST(s.source().limit_left(0) == 5u);
    s.expect(write_memory(5)).gives(5);
    s.finishes({}, 7);
    BOOST_TEST(s.source().consumed(1) == 7u);

    script inner{file_to_socket(1000, {take(7), prefixed(4), take(2), prefixed(10)})};
    inner.expect(with_more(write_memory(4))).gives(4); // of memory
    inner.expect(write_memory(2)).gives(2);
    inner.finishes({}, 6);
    BOOST_TEST(inner.source().limit_left(0) == 1u);
    BOOST_TEST(inner.source().consumed(3) == 2u);
}

BOOST_AUTO_TEST_CASE(S24_a_limit_of_zero_hides_memory)
{
    script s{file_to_socket(1000, {take(0), prefixed(10)})};
    s.finishes({}, 0);
    BOOST_TEST(s.source().consumed(1) == 0u);
}

BOOST_AUTO_TEST_CASE(S26_S27_the_least_limit_is_in_force_and_each_shrinks_by_what_moved)
{
    script s{file_to_socket(1000, {take(500), exactly(70), take(100)})};
    s.expect(transfer(method::sendfile, 70)).gives(30);
    BOOST_TEST(s.source().limit_left(0) == 470u);
    BOOST_TEST(s.source().limit_left(1) == 40u);
    BOOST_TEST(s.source().limit_left(2) == 70u);
    s.expect(transfer(method::sendfile, 40)).gives(40);
    s.finishes({}, 70);
}

BOOST_AUTO_TEST_CASE(S27_limits_are_exact_on_error)
{
    script s{file_to_socket(1000, {take(500)})};
    s.expect(transfer(method::sendfile, 500)).gives(30);
    s.expect(transfer(method::sendfile, 470)).fails(EPIPE);
    s.expect(push_sink).fails(EPIPE);
    s.finishes(errno_code(EPIPE), 30);
    BOOST_TEST(s.source().limit_left(0) == 470u);
}

BOOST_AUTO_TEST_CASE(S27_exact_limits_outside_the_one_that_is_used_up_are_truncated)
{
    script{file_to_socket(1000, {exactly(10), take(5)})}
        .expect(transfer(method::sendfile, 5))
        .gives(5)
        .finishes(errc::source_truncated, 5);
    script{file_to_socket(1000, {take(5), exactly(10)})}.expect(transfer(method::sendfile, 5)).gives(5).finishes({}, 5);
    script{file_to_socket(1000, {prefixed(3), take(9), exactly(10)})}
        .expect(with_more(write_memory(3)))
        .gives(3)
        .expect(transfer(method::sendfile, 9))
        .gives(4)
        .expect(transfer(method::sendfile, 5))
        .gives(0)
        .expect(read_source(5))
        .gives(0)
        .expect(push_sink)
        .done()
        .finishes(errc::source_truncated, 7);
}

BOOST_AUTO_TEST_CASE(S28_a_read_buffer_that_was_partly_used_drains_its_rest)
{
    script{file_to_socket(100, {prefixed(4)})}
        .expect(with_more(write_memory(4)))
        .fails(EAGAIN)
        .expect(wait_sink)
        .ready()
        .expect(with_more(write_memory(4)))
        .gives(1)
        .expect(with_more(write_memory(3)))
        .gives(3)
        .expect(transfer(method::sendfile, 100))
        .gives(0)
        .expect(read_source(65536))
        .gives(0)
        .expect(push_sink)
        .done()
        .finishes({}, 4);
}

BOOST_AUTO_TEST_CASE(S29_limit_zero_succeeds_without_a_transfer_call)
{
    script{file_to_socket(1000, {take(0)})}.finishes({}, 0);
    script{file_to_socket(1000, {exactly(0)})}.finishes({}, 0);
    script{socket_to_buffered_file({take(0)})}.expect(flush_sink).done().finishes({}, 0);
    script{file_to_socket(1000, {prefixed(2), take(0)})}.expect(write_memory(2)).gives(2).finishes({}, 2);
}

BOOST_AUTO_TEST_CASE(memory_is_written_even_where_the_buffer_is_not_allowed)
{
    scenario native = file_to_socket(100, {prefixed(4)});
    native.setup.methods = {method::sendfile};
    script{native}
        .expect(with_more(write_memory(4)))
        .gives(4)
        .expect(transfer(method::sendfile, 100))
        .gives(0)
        .expect(push_sink)
        .done()
        .finishes({}, 4);
}

BOOST_AUTO_TEST_CASE(a_copy_that_can_not_be_made_is_refused_before_anything_moves)
{
    scenario none = file_to_socket(100, {prefixed(4)});
    none.setup.methods = {method::copy_file_range};
    script{none}.finishes(errc::no_method_available, 0);
    scenario refused = file_to_socket(100, {prefixed(4)});
    refused.setup.sink = refused.setup.source; // a file onto itself
    script{refused}.finishes(errc::overlapping_copy, 0);
    scenario no_turn = file_to_socket(100, {});
    no_turn.setup.turn_budget = 0;
    script{no_turn}.finishes(errno_code(EINVAL), 0);
    scenario no_buffer = file_to_socket(100, {});
    no_buffer.setup.buffer_size = 0;
    script{no_buffer}.finishes(errno_code(EINVAL), 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kernel_copy::test

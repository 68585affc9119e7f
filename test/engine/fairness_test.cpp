// Distributed under the Boost Software License, Version 1.0.
#include <support/script.hpp>

#include <boost/test/unit_test.hpp>

namespace kernel_copy::test {

namespace {

/// A turn of a thousand bytes.
scenario short_turns(end_kind source, end_kind sink, std::uint64_t size = 0)
{
    scenario s = between(source, sink, size);
    s.setup.turn_budget = 1000;
    return s;
}

} // namespace

BOOST_AUTO_TEST_SUITE(fairness)

BOOST_AUTO_TEST_CASE(no_more_than_a_turn_is_moved_without_a_pause)
{
    script{short_turns(end_kind::regular_file, end_kind::stream_socket, 2500)}
        .expect(transfer(method::sendfile, 1000))
        .gives(600)
        .expect(transfer(method::sendfile, 400))
        .gives(400)
        .expect(yield)
        .ready()
        .expect(transfer(method::sendfile, 1000))
        .gives(1000)
        .expect(yield)
        .ready()
        .expect(transfer(method::sendfile, 500))
        .gives(500)
        .expect(transfer(method::sendfile, 500))
        .gives(0)
        .finishes({}, 2500);
}

BOOST_AUTO_TEST_CASE(a_wait_begins_a_new_turn)
{
    script{short_turns(end_kind::regular_file, end_kind::stream_socket, 2500)}
        .expect(transfer(method::sendfile, 1000))
        .gives(600)
        .expect(transfer(method::sendfile, 400))
        .fails(EAGAIN)
        .expect(wait_sink)
        .ready()
        .expect(transfer(method::sendfile, 1000))
        .gives(0)
        .expect(read_source(1000))
        .gives(0)
        .expect(push_sink)
        .done()
        .finishes({}, 600);
}

BOOST_AUTO_TEST_CASE(memory_counts_in_the_turn)
{
    scenario s = short_turns(end_kind::regular_file, end_kind::stream_socket, 2500);
    s.layers = {prefixed(1500)};
    script{s}
        .expect(with_more(write_memory(1000)))
        .gives(1000)
        .expect(yield)
        .ready()
        .expect(with_more(write_memory(500)))
        .gives(500)
        .expect(transfer(method::sendfile, 500))
        .gives(500)
        .expect(yield)
        .ready()
        .expect(transfer(method::sendfile, 1000))
        .gives(0)
        .expect(read_source(1000))
        .gives(0)
        .finishes({}, 2000);
}

BOOST_AUTO_TEST_CASE(a_pipe_is_filled_with_what_the_turn_leaves_and_drained_before_a_yield)
{
    script{short_turns(end_kind::stream_socket, end_kind::stream_socket)}
        .expect(open_pipe)
        .done()
        .expect(fill_pipe(1000))
        .gives(700)
        .expect(drain_pipe(700))
        .gives(700)
        .expect(fill_pipe(300))
        .gives(300)
        .expect(drain_pipe(300))
        .gives(300)
        .expect(yield)
        .ready()
        .expect(fill_pipe(1000))
        .gives(0)
        .finishes({}, 1000);
}

BOOST_AUTO_TEST_CASE(the_buffer_counts_what_is_written)
{
    scenario s = short_turns(end_kind::stream_socket, end_kind::other);
    s.setup.buffer_size = 600;
    script{s}
        .expect(read_source(600))
        .gives(600)
        .expect(write_buffer(600))
        .gives(600)
        .expect(read_source(400))
        .gives(400)
        .expect(write_buffer(400))
        .gives(400)
        .expect(yield)
        .ready()
        .expect(read_source(600))
        .gives(0)
        .finishes({}, 1000);
}

BOOST_AUTO_TEST_CASE(no_yield_when_the_limit_is_reached_with_the_turn)
{
    scenario s = short_turns(end_kind::regular_file, end_kind::stream_socket, 2500);
    s.layers = {take(1000)};
    script{s}.expect(transfer(method::sendfile, 1000)).gives(1000).finishes({}, 1000);
}

BOOST_AUTO_TEST_CASE(a_turn_of_one_byte_works)
{
    scenario s = short_turns(end_kind::pipe, end_kind::stream_socket);
    s.setup.turn_budget = 1;
    script{s}
        .expect(transfer(method::splice, 1))
        .gives(1)
        .expect(yield)
        .ready()
        .expect(transfer(method::splice, 1))
        .gives(0)
        .finishes({}, 1);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kernel_copy::test

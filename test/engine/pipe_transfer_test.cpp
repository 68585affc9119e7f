// Distributed under the Boost Software License, Version 1.0.
#include <support/pipe_scenarios.hpp>

#include <boost/test/unit_test.hpp>

#include <cerrno>

namespace kernel_copy::test {

namespace {

constexpr method by = method::splice_through_pipe;
constexpr std::uint64_t turn = 256 * 1024;

} // namespace

BOOST_AUTO_TEST_SUITE(pipe_transfer)

BOOST_AUTO_TEST_CASE(P1_P3_only_an_empty_pipe_is_filled_and_then_drained_fully)
{
    script{socket_to_socket()}
        .expect(open_pipe)
        .done()
        .expect(fill_pipe(turn))
        .gives(200'000)
        .expect(drain_pipe(200'000))
        .gives(50'000)
        .expect(drain_pipe(150'000))
        .fails(EAGAIN)
        .expect(wait_sink)
        .ready()
        .expect(drain_pipe(150'000))
        .gives(150'000)
        .expect(fill_pipe(turn - 150'000))
        .fails(EAGAIN)
        .expect(return_pipe)
        .done()
        .expect(wait_source)
        .ready()
        .expect(open_pipe)
        .done()
        .expect(fill_pipe(turn))
        .gives(0)
        .finishes({}, 200'000);
}

BOOST_AUTO_TEST_CASE(B8_sockets_to_files_go_through_a_pipe_too)
{
    script{between(end_kind::stream_socket, end_kind::regular_file)}
        .expect(open_pipe)
        .done()
        .expect(fill_pipe(turn))
        .gives(10)
        .expect(drain_pipe(10))
        .gives(10)
        .expect(fill_pipe(turn - 10))
        .gives(0)
        .finishes({}, 10);
}

BOOST_AUTO_TEST_CASE(P9_a_fill_is_asked_for_a_gibibyte_at_most)
{
    scenario huge = socket_to_socket();
    huge.setup.turn_budget = no_limit;
    script{huge}.expect(open_pipe).done().expect(fill_pipe(1 << 30)).gives(0).finishes({}, 0);
}

BOOST_AUTO_TEST_CASE(S26_a_limit_clamps_the_fill)
{
    scenario limited = socket_to_socket();
    limited.layers = {exactly(100)};
    script{limited}
        .expect(open_pipe)
        .done()
        .expect(fill_pipe(100))
        .gives(60)
        .expect(drain_pipe(60))
        .gives(60)
        .expect(fill_pipe(40))
        .gives(40)
        .expect(drain_pipe(40))
        .gives(40)
        .finishes({}, 100);
}

BOOST_AUTO_TEST_CASE(S42_a_refused_fill_is_probed_as_splice)
{
    script{socket_to_socket()}
        .expect(open_pipe)
        .done()
        .expect(fill_pipe(turn))
        .fails(EPERM)
        .expect(probe_call(method::splice))
        .gives(0)
        .expect(read_source(65536))
        .gives(0)
        .finishes({}, 0);
    scenario known = socket_to_socket();
    known.setup.known_calls[static_cast<std::size_t>(method::splice)] = detail::availability::unavailable;
    script{known}.expect(read_source(65536)).gives(0).finishes({}, 0);
}

BOOST_AUTO_TEST_CASE(P12_P13_a_refused_drain_is_read_back_out_of_the_pipe_before_the_source)
{
    scenario small_buffer = socket_to_socket();
    small_buffer.setup.buffer_size = 1000;
    script s{small_buffer};
    s.expect(open_pipe).done();
    s.expect(fill_pipe(turn)).gives(2500);
    s.expect(drain_pipe(2500)).gives(500);
    s.expect(drain_pipe(2000)).fails(EINVAL);
    s.expect(read_pipe(1000)).gives(1000);
    s.expect(write_buffer(1000)).gives(400);
    s.expect(write_buffer(600, 400)).fails(EAGAIN);
    s.expect(wait_sink).ready();
    s.expect(write_buffer(600, 400)).gives(600);
    s.expect(read_pipe(1000)).gives(1000);
    s.expect(write_buffer(1000)).gives(1000);
    s.expect(read_source(1000)).gives(10);
    s.expect(write_buffer(10)).gives(10);
    s.expect(read_source(1000)).gives(0);
    s.finishes({}, 2510);
}

BOOST_AUTO_TEST_CASE(B6_a_drain_of_nothing_is_no_end_and_no_spin)
{
    script s{socket_to_socket()};
    s.expect(open_pipe).done();
    s.expect(fill_pipe(turn)).gives(100);
    s.expect(drain_pipe(100)).gives(0);
    s.expect(read_pipe(100)).gives(100);
    s.expect(write_buffer(100)).gives(100);
    s.expect(read_source(65536)).gives(0);
    s.finishes({}, 100);
    BOOST_TEST((s.engine().given_up(by) == errc::returned_nothing));
}

BOOST_AUTO_TEST_CASE(B6_a_pipe_that_denies_its_bytes_is_an_error)
{
    const auto refused = [](script& s) -> script& {
        return s.expect(open_pipe).done().expect(fill_pipe(turn)).gives(100).expect(drain_pipe(100)).fails(EINVAL);
    };
    script nothing{socket_to_socket()};
    refused(nothing).expect(read_pipe(100)).gives(0).finishes(errc::returned_nothing, 0, 100);
    script blocked{socket_to_socket()};
    refused(blocked).expect(read_pipe(100)).fails(EAGAIN).finishes(errno_code(EAGAIN), 0, 100);
}

BOOST_AUTO_TEST_CASE(what_the_pipe_holds_is_delivered_even_where_the_buffer_is_not_allowed)
{
    script s{without_buffer()};
    s.expect(open_pipe).done();
    s.expect(fill_pipe(turn)).gives(100);
    s.expect(drain_pipe(100)).fails(EINVAL);
    s.expect(read_pipe(100)).gives(100);
    s.expect(write_buffer(100)).gives(100);
    s.finishes(errno_code(EINVAL), 100);
    script{without_buffer()}
        .expect(open_pipe)
        .done()
        .expect(fill_pipe(turn))
        .gives(100)
        .expect(drain_pipe(100))
        .gives(0)
        .expect(read_pipe(100))
        .gives(100)
        .expect(write_buffer(100))
        .gives(100)
        .finishes(errc::returned_nothing, 100);
}

BOOST_AUTO_TEST_CASE(S44_P24_errors_with_bytes_in_the_pipe_keep_both_counts)
{
    for (const int error : {EPIPE, ECONNRESET, EIO, ENOSPC})
        script{socket_to_socket()}
            .expect(open_pipe)
            .done()
            .expect(fill_pipe(turn))
            .gives(100)
            .expect(drain_pipe(100))
            .gives(30)
            .expect(drain_pipe(70))
            .fails(error)
            .finishes(errno_code(error), 30, 100);
}

BOOST_AUTO_TEST_CASE(P32_a_reset_of_the_source_is_kept)
{
    script{socket_to_socket()}
        .expect(open_pipe)
        .done()
        .expect(fill_pipe(turn))
        .gives(100)
        .expect(drain_pipe(100))
        .gives(100)
        .expect(fill_pipe(turn - 100))
        .fails(ECONNRESET)
        .finishes(errno_code(ECONNRESET), 100);
}

BOOST_AUTO_TEST_CASE(S27_an_exact_source_that_ends_early_is_truncated)
{
    scenario owed = socket_to_socket();
    owed.layers = {exactly(100)};
    script{owed}
        .expect(open_pipe)
        .done()
        .expect(fill_pipe(100))
        .gives(60)
        .expect(drain_pipe(60))
        .gives(60)
        .expect(fill_pipe(40))
        .gives(0)
        .finishes(errc::source_truncated, 60);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kernel_copy::test

// Distributed under the Boost Software License, Version 1.0.
#include <support/script.hpp>

#include <boost/test/unit_test.hpp>

#include <cerrno>

namespace kernel_copy::test {

namespace {

constexpr method by = method::splice;
constexpr std::uint64_t turn = 256 * 1024;
using detail::sink_ready;
using detail::source_ready;

scenario socket_to_pipe()
{
    return between(end_kind::stream_socket, end_kind::pipe);
}

} // namespace

BOOST_AUTO_TEST_SUITE(splice)

BOOST_AUTO_TEST_CASE(S41_zero_is_the_end_on_the_first_call_too)
{
    script{socket_to_pipe()}.expect(transfer(by, turn)).gives(0).finishes({}, 0);
}

BOOST_AUTO_TEST_CASE(S42_ENOSYS_and_EPERM_are_probed_EINVAL_is_not)
{
    for (const int error : {ENOSYS, EPERM})
        for (const std::uint64_t answer : {0u, 1u})
            script{socket_to_pipe()}
                .expect(transfer(by, turn))
                .fails(error)
                .expect(probe_call(by))
                .gives(answer)
                .expect(read_source(65536))
                .gives(0)
                .finishes({}, 0);
    script{socket_to_pipe()}
        .expect(transfer(by, turn))
        .fails(EINVAL)
        .expect(read_source(65536))
        .gives(0)
        .finishes({}, 0);
}

BOOST_AUTO_TEST_CASE(S43_EOVERFLOW_of_splice_is_an_error)
{
    script{socket_to_pipe()}.expect(transfer(by, turn)).fails(EOVERFLOW).finishes(errno_code(EOVERFLOW), 0);
}

BOOST_AUTO_TEST_CASE(S44_P24_everything_else_is_an_error)
{
    for (const int error : {EPIPE, ECONNRESET, EIO, ENOSPC, ENOMEM, EBADF, EXDEV})
        script{socket_to_pipe()}
            .expect(transfer(by, turn))
            .gives(50)
            .expect(transfer(by, turn - 50))
            .fails(error)
            .finishes(errno_code(error), 50);
}

BOOST_AUTO_TEST_CASE(S8_an_unknown_source_that_is_no_pipe_ends_right)
{
    script{between(end_kind::unknown, end_kind::regular_file)}
        .expect(transfer(by, turn))
        .fails(EINVAL)
        .expect(read_source(65536))
        .gives(100)
        .expect(write_buffer(100))
        .gives(60)
        .expect(write_buffer(40, 60))
        .gives(40)
        .expect(read_source(65536))
        .gives(0)
        .finishes({}, 100);
}

BOOST_AUTO_TEST_CASE(S8_a_source_that_is_no_socket_after_all_ends_right)
{
    script{between(end_kind::stream_socket, end_kind::stream_socket)}
        .expect(open_pipe)
        .done()
        .expect(fill_pipe(turn))
        .fails(EINVAL)
        .expect(read_source(65536))
        .gives(9)
        .expect(write_buffer(9))
        .gives(9)
        .expect(read_source(65536))
        .gives(0)
        .finishes({}, 9);
}

BOOST_AUTO_TEST_CASE(B2_P1_the_kernel_is_asked_which_end_EAGAIN_is_about)
{
    script{socket_to_pipe()}
        .expect(transfer(by, turn))
        .fails(EAGAIN)
        .expect(ask_readiness)
        .gives(sink_ready)
        .expect(wait_source)
        .ready()
        .expect(transfer(by, turn))
        .fails(EAGAIN)
        .expect(ask_readiness)
        .gives(source_ready)
        .expect(wait_sink)
        .ready()
        .expect(transfer(by, turn))
        .fails(EAGAIN)
        .expect(ask_readiness)
        .gives(0)
        .expect(wait_source)
        .ready()
        .expect(transfer(by, turn))
        .gives(100)
        .expect(transfer(by, turn - 100))
        .gives(0)
        .finishes({}, 100);
}

BOOST_AUTO_TEST_CASE(P1_an_unexplained_EAGAIN_neither_hangs_nor_spins)
{
    script{socket_to_pipe()}
        .expect(transfer(by, turn))
        .fails(EAGAIN)
        .expect(ask_readiness)
        .gives(source_ready | sink_ready)
        .expect(transfer(by, turn))
        .gives(10)
        .expect(transfer(by, turn - 10))
        .fails(EAGAIN)
        .expect(ask_readiness)
        .gives(source_ready | sink_ready)
        .expect(transfer(by, turn - 10))
        .fails(EAGAIN)
        .expect(ask_readiness)
        .gives(sink_ready)
        .expect(wait_source)
        .ready()
        .expect(transfer(by, turn))
        .gives(0)
        .finishes({}, 10);
}

BOOST_AUTO_TEST_CASE(P1_a_question_that_fails_ends_the_copy)
{
    script{socket_to_pipe()}
        .expect(transfer(by, turn))
        .fails(EAGAIN)
        .expect(ask_readiness)
        .fails(ENOMEM)
        .finishes(errno_code(ENOMEM), 0);
}

BOOST_AUTO_TEST_CASE(P34_a_file_is_never_waited_for)
{
    script{between(end_kind::pipe, end_kind::regular_file)}
        .expect(transfer(by, turn))
        .fails(EAGAIN)
        .expect(wait_source)
        .ready()
        .expect(transfer(by, turn))
        .gives(0)
        .finishes({}, 0);
    script{between(end_kind::block_device, end_kind::pipe)}
        .expect(transfer(by, turn))
        .fails(EAGAIN)
        .expect(wait_sink)
        .ready()
        .expect(transfer(by, turn))
        .gives(0)
        .finishes({}, 0);
    script{between(end_kind::pipe, end_kind::block_device)}
        .expect(transfer(by, turn))
        .fails(EAGAIN)
        .expect(wait_source)
        .ready()
        .expect(transfer(by, turn))
        .gives(0)
        .finishes({}, 0);
}

BOOST_AUTO_TEST_CASE(P6_a_file_to_a_pipe_is_clamped_to_what_remains)
{
    script{between(end_kind::regular_file, end_kind::pipe, 4096)}
        .expect(transfer(by, 4096))
        .gives(4096)
        .expect(transfer(by, turn - 4096))
        .gives(0)
        .finishes({}, 4096);
}

BOOST_AUTO_TEST_CASE(P14_an_EINVAL_after_some_bytes_is_remembered_nowhere)
{
    scenario once = socket_to_pipe();
    script s{once};
    s.expect(transfer(by, turn)).gives(1000);
    s.expect(transfer(by, turn - 1000)).fails(EINVAL);
    s.expect(read_source(65536)).gives(500);
    s.expect(write_buffer(500)).gives(500);
    s.expect(read_source(65536)).gives(0);
    s.finishes({}, 1500);
    // no probe_call was asked for: nothing for the process to remember
    script{once}.expect(transfer(by, turn)).gives(0).finishes({}, 0);
}

BOOST_AUTO_TEST_CASE(P32_after_a_reset_a_later_zero_is_not_asked_for)
{
    script{socket_to_pipe()}
        .expect(transfer(by, turn))
        .gives(77)
        .expect(transfer(by, turn - 77))
        .fails(ECONNRESET)
        .finishes(errno_code(ECONNRESET), 77);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kernel_copy::test

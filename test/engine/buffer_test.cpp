// Distributed under the Boost Software License, Version 1.0.
#include <support/script.hpp>

#include <boost/test/unit_test.hpp>

#include <cerrno>

namespace kernel_copy::test {

namespace {

constexpr std::uint64_t buffer = 64 * 1024;

scenario empty_file_to(end_kind sink)
{
    return between(end_kind::regular_file, sink);
}

} // namespace

BOOST_AUTO_TEST_SUITE(buffer_transfer)

BOOST_AUTO_TEST_CASE(S12_a_truly_empty_file_costs_one_read_and_no_write)
{
    script{empty_file_to(end_kind::regular_file)}.expect(read_source(buffer)).gives(0).finishes({}, 0);
}

BOOST_AUTO_TEST_CASE(S12_P26_procfs_says_zero_and_is_read)
{
    script{empty_file_to(end_kind::stream_socket)}
        .expect(read_source(buffer))
        .gives(1234)
        .expect(write_buffer(1234))
        .gives(1234)
        .expect(read_source(buffer))
        .gives(0)
        .finishes({}, 1234);
}

BOOST_AUTO_TEST_CASE(B2_each_end_is_waited_for)
{
    script{between(end_kind::stream_socket, end_kind::other)}
        .expect(read_source(buffer))
        .fails(EAGAIN)
        .expect(wait_source)
        .ready()
        .expect(read_source(buffer))
        .gives(10)
        .expect(write_buffer(10))
        .gives(4)
        .expect(write_buffer(6, 4))
        .fails(EAGAIN)
        .expect(wait_sink)
        .ready()
        .expect(write_buffer(6, 4))
        .gives(6)
        .expect(read_source(buffer))
        .gives(0)
        .finishes({}, 10);
}

BOOST_AUTO_TEST_CASE(B3_S44_the_count_stands_beside_the_error)
{
    for (const int error : {EIO, EPIPE, ECONNRESET, ENOSPC, EINVAL, ENOSYS, EPERM, EOVERFLOW})
    {
        script{between(end_kind::stream_socket, end_kind::other)}
            .expect(read_source(buffer))
            .gives(10)
            .expect(write_buffer(10))
            .gives(4)
            .expect(write_buffer(6, 4))
            .fails(error)
            .finishes(errno_code(error), 4, 10);
        script{between(end_kind::stream_socket, end_kind::other)}
            .expect(read_source(buffer))
            .gives(10)
            .expect(write_buffer(10))
            .gives(10)
            .expect(read_source(buffer))
            .fails(error)
            .finishes(errno_code(error), 10);
    }
}

BOOST_AUTO_TEST_CASE(P30_what_a_full_disk_did_not_take_is_given_back_to_the_file)
{
    script s{empty_file_to(end_kind::regular_file)};
    s.expect(read_source(buffer)).gives(1000);
    s.expect(write_buffer(1000)).gives(300);
    s.expect(write_buffer(700, 300)).fails(ENOSPC);
    s.expect(unread_source(700)).done();
    s.finishes(errno_code(ENOSPC), 300);
    BOOST_TEST(s.around().cursor() == 300u);
}

BOOST_AUTO_TEST_CASE(P30_a_limit_gets_back_what_is_given_back)
{
    scenario limited = empty_file_to(end_kind::regular_file);
    limited.layers = {take(5000), exactly(2000)};
    script s{limited};
    s.expect(read_source(2000)).gives(1000);
    s.expect(write_buffer(1000)).fails(ENOSPC);
    s.expect(unread_source(1000)).done();
    s.finishes(errno_code(ENOSPC), 0);
    BOOST_TEST(s.source().limit_left(0) == 5000u);
    BOOST_TEST(s.source().limit_left(1) == 2000u);
}

BOOST_AUTO_TEST_CASE(P20_a_range_gets_back_its_position_without_a_call)
{
    scenario range = empty_file_to(end_kind::stream_socket);
    range.position = 5000;
    range.setup.source.position = 5000;
    range.layers = {exactly(2000)};
    script s{range};
    s.expect(read_source(2000)).gives(1000);
    s.expect(write_buffer(1000)).gives(10);
    s.expect(write_buffer(990, 10)).fails(EPIPE);
    s.finishes(errno_code(EPIPE), 10);
    BOOST_TEST(s.source().position() == 5010u);
    BOOST_TEST(s.source().limit_left(0) == 1990u);
}

BOOST_AUTO_TEST_CASE(P20_a_range_to_the_end_has_no_limit_and_is_given_back)
{
    scenario range = empty_file_to(end_kind::stream_socket);
    range.position = 5000;
    script s{range};
    s.expect(read_source(buffer)).gives(1000);
    s.expect(write_buffer(1000)).gives(400);
    s.expect(write_buffer(600, 400)).fails(EPIPE);
    s.finishes(errno_code(EPIPE), 400);
    BOOST_TEST(s.source().position() == 5400u);
}

BOOST_AUTO_TEST_CASE(a_position_that_cannot_be_moved_back_leaves_the_count_as_it_is)
{
    for (const end_kind source : {end_kind::unknown, end_kind::block_device, end_kind::regular_file})
    {
        scenario from = between(source, end_kind::stream_socket);
        from.setup.methods = {method::buffer};
        script{from}
            .expect(read_source(buffer))
            .gives(10)
            .expect(write_buffer(10))
            .fails(EPIPE)
            .expect(unread_source(10))
            .fails(ESPIPE)
            .finishes(errno_code(EPIPE), 0, 10);
    }
}

BOOST_AUTO_TEST_CASE(a_sink_that_takes_nothing_is_an_error)
{
    script{between(end_kind::stream_socket, end_kind::other)}
        .expect(read_source(buffer))
        .gives(10)
        .expect(write_buffer(10))
        .gives(0)
        .finishes(errc::sink_took_nothing, 0, 10);
}

BOOST_AUTO_TEST_CASE(S46_S47_the_buffer_goes_on_where_every_kernel_method_stopped)
{
    scenario all = between(end_kind::regular_file, end_kind::regular_file, 10'000);
    all.layers = {exactly(9000)};
    script{all}
        .expect(transfer(method::copy_file_range, 9000))
        .gives(3000)
        .expect(transfer(method::copy_file_range, 6000))
        .fails(EOVERFLOW)
        .expect(transfer(method::sendfile, 6000))
        .gives(2000)
        .expect(transfer(method::sendfile, 4000))
        .fails(EINVAL)
        .expect(read_source(4000))
        .gives(4000)
        .expect(write_buffer(4000))
        .gives(4000)
        .finishes({}, 9000);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kernel_copy::test

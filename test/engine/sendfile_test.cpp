// Distributed under the Boost Software License, Version 1.0.
#include <support/script.hpp>

#include <boost/test/unit_test.hpp>

#include <cerrno>

namespace kernel_copy::test {

namespace {

constexpr method by = method::sendfile;

scenario file_to_socket(std::uint64_t size)
{
    return between(end_kind::regular_file, end_kind::stream_socket, size);
}

} // namespace

BOOST_AUTO_TEST_SUITE(sendfile)

BOOST_AUTO_TEST_CASE(S18_a_method_that_works_is_kept_to_the_end)
{
    script s{file_to_socket(4096)};
    s.expect(transfer(by, 4096)).gives(1000);
    s.expect(transfer(by, 3096)).gives(3000);
    BOOST_TEST((s.engine().current() == by));
    s.expect(transfer(by, 96)).gives(96);
    s.expect(transfer(by, 256 * 1024 - 4096)).gives(0);
    s.finishes({}, 4096);
    BOOST_TEST(!s.engine().given_up(by));
}

BOOST_AUTO_TEST_CASE(S40_a_call_is_never_asked_for_more_than_the_kernel_moves_at_once)
{
    scenario huge = file_to_socket(std::uint64_t{5} << 30);
    huge.setup.turn_budget = no_limit;
    huge.setup.buffer_size = std::size_t{1} << 28;
    script{huge}
        .expect(transfer(by, 1 << 30))
        .gives(1 << 30)
        .expect(transfer(by, 1 << 30))
        .gives((1 << 30) - 1)
        .expect(transfer(by, 1 << 30))
        .gives(5)
        .expect(transfer(by, 1 << 30))
        .gives(0)
        .expect(read_source(268435456))
        .gives(0)
        .expect(push_sink)
        .done()
        .finishes({}, (std::uint64_t{2} << 30) + 4);
}

BOOST_AUTO_TEST_CASE(S41_zero_is_the_end_on_the_first_call_too)
{
    scenario at_end = file_to_socket(4096);
    at_end.setup.source.position = 4096;
    script{at_end}.expect(transfer(by, 256 * 1024)).gives(0).finishes({}, 0);
}

BOOST_AUTO_TEST_CASE(zero_before_the_known_end_is_for_a_read_to_confirm)
{
    script s{file_to_socket(4096)}; // as FUSE says it whose reads are short
    s.expect(transfer(by, 4096)).gives(0);
    s.expect(read_source(65536)).gives(4096).expect(write_buffer(4096)).gives(4096);
    s.expect(read_source(65536)).gives(0).finishes({}, 4096);
    BOOST_TEST((s.engine().given_up(by) == errc::returned_nothing));

    scenario native = file_to_socket(4096); // as far as can be told without a read
    native.setup.methods = {by};
    script{native}.expect(transfer(by, 4096)).gives(0).finishes({}, 0);
}

BOOST_AUTO_TEST_CASE(S42_EPERM_asks_for_a_probe_and_falls_back)
{
    for (const int error : {ENOSYS, EPERM})
    {
        script s{file_to_socket(4096)};
        s.expect(transfer(by, 4096)).fails(error);
        s.expect(probe_call(by)).gives(1);
        s.expect(read_source(65536)).gives(4096);
        s.expect(write_buffer(4096)).gives(4096);
        s.expect(read_source(65536)).gives(0);
        s.finishes({}, 4096);
        BOOST_TEST(s.engine().given_up(by) == errno_code(error));
        BOOST_TEST((s.engine().current() == method::buffer));
    }
}

BOOST_AUTO_TEST_CASE(S42_EINVAL_falls_back_without_a_probe)
{
    script s{file_to_socket(4096)};
    s.expect(transfer(by, 4096)).fails(EINVAL);
    s.expect(read_source(65536)).gives(0);
    s.finishes({}, 0);
    BOOST_TEST(s.engine().given_up(by) == errno_code(EINVAL));
}

BOOST_AUTO_TEST_CASE(S43_EOVERFLOW_falls_back_with_its_count)
{
    script{file_to_socket(10'000)}
        .expect(transfer(by, 10'000))
        .gives(6000)
        .expect(transfer(by, 4000))
        .fails(EOVERFLOW)
        .expect(read_source(65536))
        .gives(4000)
        .expect(write_buffer(4000))
        .gives(4000)
        .expect(read_source(65536))
        .gives(0)
        .finishes({}, 10'000);
}

BOOST_AUTO_TEST_CASE(S44_everything_else_is_an_error)
{
    for (const int error : {EIO, EPIPE, ENOSPC, ECONNRESET, EBADF, ENOMEM, EFBIG, EXDEV, EOPNOTSUPP})
        script{file_to_socket(4096)}
            .expect(transfer(by, 4096))
            .gives(96)
            .expect(transfer(by, 4000))
            .fails(error)
            .expect(push_sink)
            .done()
            .finishes(errno_code(error), 96);
}

BOOST_AUTO_TEST_CASE(S46_S47_the_result_is_drained_and_kernel_and_final_stage)
{
    scenario all = file_to_socket(10'000);
    all.layers = {prefixed(300)};
    script{all}
        .expect(with_more(write_memory(300)))
        .gives(300)
        .expect(transfer(by, 10'000))
        .gives(4000)
        .expect(transfer(by, 6000))
        .fails(EINVAL)
        .expect(read_source(65536))
        .gives(6000)
        .expect(write_buffer(6000))
        .gives(6000)
        .expect(read_source(65536))
        .gives(0)
        .finishes({}, 10'300);
}

BOOST_AUTO_TEST_CASE(P6_a_count_is_clamped_to_what_the_file_is_known_to_hold)
{
    scenario from_the_middle = file_to_socket(10'000);
    from_the_middle.setup.source.position = 9'000;
    script{from_the_middle}
        .expect(transfer(by, 1000))
        .gives(400)
        .expect(transfer(by, 600))
        .gives(600)
        .expect(transfer(by, 256 * 1024 - 1000))
        .gives(0)
        .finishes({}, 1000);
}

BOOST_AUTO_TEST_CASE(P6_a_file_that_has_grown_is_followed)
{
    script{file_to_socket(100)}
        .expect(transfer(by, 100))
        .gives(100)
        .expect(transfer(by, 256 * 1024 - 100))
        .gives(50)
        .expect(transfer(by, 256 * 1024 - 150))
        .gives(0)
        .expect(push_sink)
        .done()
        .finishes({}, 150);
}

BOOST_AUTO_TEST_CASE(P19_a_file_truncated_meanwhile_ends_and_does_not_spin)
{
    script{file_to_socket(10'000)}
        .expect(transfer(by, 10'000))
        .gives(4000)
        .expect(transfer(by, 6000))
        .gives(0)
        .expect(read_source(65536))
        .gives(0)
        .expect(push_sink)
        .done()
        .finishes({}, 4000);
    scenario owed = file_to_socket(10'000);
    owed.layers = {exactly(10'000)};
    script{owed}
        .expect(transfer(by, 10'000))
        .gives(4000)
        .expect(transfer(by, 6000))
        .gives(0)
        .expect(read_source(6000))
        .gives(0)
        .expect(push_sink)
        .done()
        .finishes(errc::source_truncated, 4000);
}

BOOST_AUTO_TEST_CASE(B2_EAGAIN_waits_for_the_sink)
{
    script{file_to_socket(4096)}
        .expect(transfer(by, 4096))
        .gives(1000)
        .expect(transfer(by, 3096))
        .fails(EAGAIN)
        .expect(wait_sink)
        .ready()
        .expect(transfer(by, 3096))
        .gives(3096)
        .expect(transfer(by, 256 * 1024 - 3096))
        .gives(0)
        .finishes({}, 4096);
}

BOOST_AUTO_TEST_CASE(B4_a_call_known_to_be_available_is_not_probed_again)
{
    scenario known = file_to_socket(4096);
    known.setup.known_calls[static_cast<std::size_t>(by)] = detail::availability::available;
    script{known}.expect(transfer(by, 4096)).fails(EPERM).expect(read_source(65536)).gives(0).finishes({}, 0);
}

BOOST_AUTO_TEST_CASE(B7_EIO_and_ENOENT_of_sendfile_are_reported)
{
    for (const int error : {EIO, EACCES, ENOENT, ETXTBSY})
        script{file_to_socket(4096)}.expect(transfer(by, 4096)).fails(error).finishes(errno_code(error), 0);
}

BOOST_AUTO_TEST_CASE(P26_a_file_that_says_too_much_ends_where_it_ends)
{
    script{file_to_socket(4096)}
        .expect(transfer(by, 4096))
        .gives(23)
        .expect(transfer(by, 4073))
        .gives(0)
        .expect(read_source(65536))
        .gives(0)
        .expect(push_sink)
        .done()
        .finishes({}, 23);
}

BOOST_AUTO_TEST_CASE(sendfile_from_a_block_device_has_no_known_rest)
{
    script{between(end_kind::block_device, end_kind::other)}
        .expect(transfer(by, 256 * 1024))
        .gives(256 * 1024)
        .expect(yield)
        .ready()
        .expect(transfer(by, 256 * 1024))
        .gives(0)
        .finishes({}, 256 * 1024);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kernel_copy::test

// Distributed under the Boost Software License, Version 1.0.
#include <support/script.hpp>

#include <boost/test/unit_test.hpp>

#include <cerrno>

namespace kernel_copy::test {

namespace {

constexpr method by = method::copy_file_range;
constexpr std::uint64_t turn = 256 * 1024;

scenario file_to_file(std::uint64_t size)
{
    return between(end_kind::regular_file, end_kind::regular_file, size);
}

/// Falls back at once to the next of the plan, sendfile.
void falls_back(int error, bool asks)
{
    script s{file_to_file(4096)};
    s.expect(transfer(by, turn)).fails(error);
    if (asks)
        s.expect(probe_call(by)).gives(1);
    s.expect(transfer(method::sendfile, 4096)).gives(4096);
    s.expect(transfer(method::sendfile, turn - 4096)).gives(0);
    s.finishes({}, 4096);
    BOOST_TEST(s.engine().given_up(by) == errno_code(error));
    BOOST_TEST((s.engine().current() == method::sendfile));
}

} // namespace

BOOST_AUTO_TEST_SUITE(copy_file_range)

BOOST_AUTO_TEST_CASE(S30_S31_what_the_probe_says_is_known_for_the_rest_of_the_operation)
{
    scenario known = file_to_file(4096);
    known.setup.known_calls[static_cast<std::size_t>(by)] = detail::availability::unavailable;
    script{known}
        .expect(transfer(method::sendfile, 4096))
        .gives(4096)
        .expect(transfer(method::sendfile, turn - 4096))
        .gives(0)
        .finishes({}, 4096);

    for (const std::uint64_t answer : {0u, 1u})
        script{file_to_file(4096)}
            .expect(transfer(by, turn))
            .fails(EPERM)
            .expect(probe_call(by))
            .gives(answer)
            .expect(transfer(method::sendfile, 4096))
            .gives(0)
            .expect(read_source(65536))
            .gives(0)
            .finishes({}, 0);
}

BOOST_AUTO_TEST_CASE(S32_only_errors_that_could_mean_unavailable_lead_to_a_probe)
{
    for (const int error : {ENOSYS, EOPNOTSUPP, EPERM})
        falls_back(error, true);
    for (const int error : {EXDEV, EINVAL, EBADF, EOVERFLOW})
        falls_back(error, false);
}

BOOST_AUTO_TEST_CASE(S32_no_probe_when_the_first_call_works)
{
    script{file_to_file(4096)}
        .expect(transfer(by, turn))
        .gives(4096)
        .expect(transfer(by, turn - 4096))
        .gives(0)
        .finishes({}, 4096);
}

BOOST_AUTO_TEST_CASE(S34_at_most_a_gibibyte_a_call)
{
    scenario huge = file_to_file(std::uint64_t{3} << 30);
    huge.setup.turn_budget = no_limit;
    huge.setup.buffer_size = std::size_t{1} << 28;
    script{huge}
        .expect(transfer(by, 1 << 30))
        .gives(1 << 30)
        .expect(transfer(by, 1 << 30))
        .gives(7)
        .expect(transfer(by, 1 << 30))
        .gives(0)
        .expect(read_source(268435456))
        .gives(0)
        .finishes({}, (1 << 30) + 7);
}

BOOST_AUTO_TEST_CASE(S35_zero_first_is_a_fallback_zero_later_is_the_end)
{
    script first{file_to_file(4096)};
    first.expect(transfer(by, turn)).gives(0);
    first.expect(read_source(65536)).gives(500);
    first.expect(write_buffer(500)).gives(500);
    first.expect(read_source(65536)).gives(0);
    first.finishes({}, 500);
    BOOST_TEST((first.engine().given_up(by) == errc::returned_nothing));

    script{file_to_file(4096)}
        .expect(transfer(by, turn))
        .gives(500)
        .expect(transfer(by, turn - 500))
        .gives(0)
        .expect(read_source(65536))
        .gives(0)
        .finishes({}, 500);
}

BOOST_AUTO_TEST_CASE(S35_zero_first_after_drained_bytes_is_a_fallback_too)
{
    scenario with_prefix = file_to_file(4096);
    with_prefix.layers = {prefixed(10)};
    script{with_prefix}
        .expect(write_memory(10))
        .gives(10)
        .expect(transfer(by, turn - 10))
        .gives(0)
        .expect(read_source(65536))
        .gives(0)
        .finishes({}, 10);
}

BOOST_AUTO_TEST_CASE(S35_a_short_count_means_go_on)
{
    script{file_to_file(4096)}
        .expect(transfer(by, turn))
        .gives(1)
        .expect(transfer(by, turn - 1))
        .gives(1)
        .expect(transfer(by, turn - 2))
        .gives(4094)
        .expect(transfer(by, turn - 4096))
        .gives(0)
        .finishes({}, 4096);
}

BOOST_AUTO_TEST_CASE(S35_zero_first_is_believed_where_a_read_is_not_allowed)
{
    scenario only = file_to_file(4096);
    only.setup.methods = {by};
    only.setup.source.position = 4096;
    script{only}.expect(transfer(by, turn)).gives(0).finishes({}, 0);
    // but not against the file's own size
    only.setup.source.position = 0;
    script{only}.expect(transfer(by, turn)).gives(0).finishes(errc::returned_nothing, 0);
}

BOOST_AUTO_TEST_CASE(S36_EOVERFLOW_falls_back_with_the_count_so_far)
{
    script{file_to_file(4096)}
        .expect(transfer(by, turn))
        .gives(1000)
        .expect(transfer(by, turn - 1000))
        .fails(EOVERFLOW)
        .expect(transfer(method::sendfile, 3096))
        .gives(3096)
        .expect(transfer(method::sendfile, turn - 4096))
        .gives(0)
        .finishes({}, 4096);
}

BOOST_AUTO_TEST_CASE(S37_B7_refusals_with_nothing_moved_fall_back)
{
    for (const int error : {EXDEV, EINVAL, EBADF, EACCES, ENOENT, ETXTBSY})
        falls_back(error, false);
}

BOOST_AUTO_TEST_CASE(S37_a_refusal_after_some_bytes_ends_the_method_and_not_the_copy)
{
    script{file_to_file(4096)}
        .expect(transfer(by, turn))
        .gives(1000)
        .expect(transfer(by, turn - 1000))
        .fails(EINVAL)
        .expect(transfer(method::sendfile, 3096))
        .gives(0)
        .expect(read_source(65536))
        .gives(0)
        .finishes({}, 1000);
}

BOOST_AUTO_TEST_CASE(S38_B7_others_are_errors)
{
    for (const int error : {EIO, ENOSPC, EFBIG, ENOMEM, EISDIR, EAGAIN, ESTALE})
        script{file_to_file(4096)}
            .expect(transfer(by, turn))
            .gives(10)
            .expect(transfer(by, turn - 10))
            .fails(error)
            .finishes(errno_code(error), 10);
}

BOOST_AUTO_TEST_CASE(B5_a_limit_is_taken_anew_for_each_method)
{
    scenario limited = file_to_file(100'000);
    limited.layers = {take(5000)};
    script{limited}
        .expect(transfer(by, 5000))
        .gives(2000)
        .expect(transfer(by, 3000))
        .fails(EOVERFLOW)
        .expect(transfer(method::sendfile, 3000))
        .gives(1000)
        .expect(transfer(method::sendfile, 2000))
        .fails(EOVERFLOW)
        .expect(read_source(2000))
        .gives(2000)
        .expect(write_buffer(2000))
        .gives(2000)
        .finishes({}, 5000);
}

BOOST_AUTO_TEST_CASE(P26_sysfs_EXDEV_then_sendfile)
{
    script{file_to_file(4096)}
        .expect(transfer(by, turn))
        .fails(EXDEV)
        .expect(transfer(method::sendfile, 4096))
        .gives(23)
        .expect(transfer(method::sendfile, 4073))
        .gives(0)
        .expect(read_source(65536))
        .gives(0)
        .finishes({}, 23);
}

BOOST_AUTO_TEST_CASE(P27_an_append_only_sink_is_written_through_the_buffer)
{
    scenario append = file_to_file(4096);
    append.setup.sink.append_only = true;
    script{append}.expect(read_source(65536)).gives(0).finishes({}, 0);
    // not known beforehand: each call says so
    script{file_to_file(4096)}
        .expect(transfer(by, turn))
        .fails(EBADF)
        .expect(transfer(method::sendfile, 4096))
        .fails(EINVAL)
        .expect(read_source(65536))
        .gives(4096)
        .expect(write_buffer(4096))
        .gives(4096)
        .expect(read_source(65536))
        .gives(0)
        .finishes({}, 4096);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kernel_copy::test

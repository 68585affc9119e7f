// Distributed under the Boost Software License, Version 1.0.
#include <support/script.hpp>

#include <boost/test/unit_test.hpp>

#include <cerrno>

namespace kernel_copy::test {

namespace {

constexpr method by = method::copy_file_range;
constexpr std::uint64_t turn = 256 * 1024;
constexpr std::uint64_t gibibyte = std::uint64_t{1} << 30;

scenario shared_file(std::uint64_t size)
{
    scenario s = between(end_kind::regular_file, end_kind::regular_file, size);
    s.shares = true;
    return s;
}

} // namespace

BOOST_AUTO_TEST_SUITE(file_to_file)

BOOST_AUTO_TEST_CASE(a_file_is_shared_where_that_can_be_and_then_asked_whether_it_has_grown)
{
    script s{shared_file(100'001)};
    s.expect(clone_range(100'001)).gives(100'001);
    s.expect(transfer(by, turn - 100'001)).gives(7);
    s.expect(transfer(by, turn - 100'008)).gives(0);
    s.finishes({}, 100'008);
}

BOOST_AUTO_TEST_CASE(what_can_not_be_shared_is_copied_whatever_the_reason)
{
    for (const int error : {EOPNOTSUPP, EXDEV, EINVAL, ENOTTY, EPERM, ETXTBSY, EBADF, ENOSYS, EISDIR, ENOSPC, EIO})
    {
        script s{shared_file(4096)};
        s.expect(clone_range(4096)).fails(error);
        s.expect(transfer(by, turn)).gives(4096);
        s.expect(transfer(by, turn - 4096)).gives(0);
        s.finishes({}, 4096);
        BOOST_TEST(!s.engine().given_up(by));
    }
}

BOOST_AUTO_TEST_CASE(a_part_that_does_not_reach_the_end_is_shared_in_whole_blocks)
{
    scenario part = shared_file(1'000'000);
    part.setup.source.position = 1000;
    part.layers = {take(200'000)};
    script{part}
        .expect(clone_range(196'608, 1000))
        .gives(196'608)
        .expect(transfer(by, 3392))
        .gives(3392)
        .finishes({}, 200'000);
    part.layers = {take(60'000)};
    script{part}.expect(transfer(by, 60'000)).gives(60'000).finishes({}, 60'000);
}

BOOST_AUTO_TEST_CASE(a_limit_at_the_end_of_the_file_lets_all_of_it_be_shared)
{
    scenario limited = shared_file(70'000);
    limited.layers = {exactly(70'000)};
    script{limited}.expect(clone_range(70'000)).gives(70'000).finishes({}, 70'000);
    limited.position = 20'000;
    limited.setup.has_range = true;
    limited.setup.source.position = 20'000;
    limited.layers = {exactly(50'000)};
    script{limited}.expect(clone_range(50'000, 20'000)).gives(50'000).finishes({}, 50'000);
}

BOOST_AUTO_TEST_CASE(a_large_file_is_shared_a_gibibyte_at_a_time)
{
    script s{shared_file(2 * gibibyte + 5)};
    s.expect(clone_range(gibibyte)).gives(gibibyte);
    s.expect(yield).ready();
    s.expect(clone_range(gibibyte, gibibyte)).gives(gibibyte);
    s.expect(yield).ready();
    s.expect(clone_range(5, 2 * gibibyte)).fails(ENOSPC);
    s.expect(transfer(by, turn)).fails(ENOSPC);
    s.finishes(errno_code(ENOSPC), 2 * gibibyte);
}

BOOST_AUTO_TEST_CASE(nothing_is_shared_by_other_methods_or_at_a_rate)
{
    scenario sent = shared_file(4096);
    sent.setup.methods = {method::sendfile};
    script{sent}
        .expect(transfer(method::sendfile, 4096))
        .gives(4096)
        .expect(transfer(method::sendfile, turn - 4096))
        .gives(0)
        .finishes({}, 4096);
    scenario slow = shared_file(4096);
    slow.setup.bytes_per_second = 1'000'000;
    script s{slow};
    s.expect(transfer(by, 50'000)).gives(4096);
    s.expect(pace(4'096'000)).ready();
    s.expect(transfer(by, 50'000)).gives(0);
    s.finishes({}, 4096);
}

BOOST_AUTO_TEST_CASE(other_ends_know_neither_holes_nor_shares)
{
    scenario to_socket = between(end_kind::regular_file, end_kind::stream_socket, 4096);
    to_socket.setup.source.has_holes = true;
    to_socket.shares = true;
    script{to_socket}
        .expect(transfer(method::sendfile, 4096))
        .gives(4096)
        .expect(transfer(method::sendfile, turn - 4096))
        .gives(0)
        .finishes({}, 4096);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kernel_copy::test

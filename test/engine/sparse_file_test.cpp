// Distributed under the Boost Software License, Version 1.0.
#include <support/script.hpp>

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <utility>
#include <vector>

namespace kernel_copy::test {

namespace {

constexpr method by = method::copy_file_range;
constexpr std::uint64_t turn = 256 * 1024;

scenario sparse_file(std::uint64_t size, std::vector<hole_spec> holes)
{
    scenario s = between(end_kind::regular_file, end_kind::regular_file, size);
    s.setup.source.has_holes = true;
    s.holes = std::move(holes);
    return s;
}

} // namespace

BOOST_AUTO_TEST_SUITE(sparse_files)

BOOST_AUTO_TEST_CASE(holes_stay_holes)
{
    script s{sparse_file(300'000, {{0, 100'000}, {150'000, 200'000}, {230'000, 300'000}})};
    s.expect(find_data(0)).finds(100'000, 150'000);
    s.expect(transfer_behind(100'000, 0, by, 50'000)).gives(120'000);
    s.expect(transfer(by, 30'000)).gives(30'000);
    s.expect(find_data(150'000)).finds(200'000, 230'000);
    s.expect(transfer_behind(50'000, 150'000, by, 30'000)).gives(80'000);
    s.expect(find_data(230'000)).finds(300'000, 300'000);
    s.expect(skip_hole(70'000, 230'000)).gives(70'000);
    s.expect(yield).ready();
    s.expect(transfer(by, turn)).gives(0);
    s.finishes({}, 300'000);
}

// A hole would be made at the sink's position, which may be that of what was in it before.
BOOST_AUTO_TEST_CASE(holes_are_filled_if_the_sink_may_append)
{
    scenario s = sparse_file(100'000, {{0, 50'000}});
    s.setup.sink.may_append = true;
    script{s}
        .expect(transfer(by, turn))
        .gives(100'000)
        .expect(transfer(by, turn - 100'000))
        .gives(0)
        .finishes({}, 100'000);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_one_hole_has_ended_where_its_size_says_so)
{
    script s{sparse_file(100'000, {{0, 100'000}})};
    s.expect(find_data(0)).finds(100'000, 0);
    s.expect(skip_hole(100'000, 0)).gives(100'000);
    s.expect(transfer(by, turn - 100'000)).gives(0);
    s.finishes({}, 100'000);
}

BOOST_AUTO_TEST_CASE(S35_zero_first_is_no_end_behind_a_hole)
{
    script s{sparse_file(100'000, {{0, 50'000}})};
    s.expect(find_data(0)).finds(50'000, 100'000);
    s.expect(transfer_behind(50'000, 0, by, 50'000)).gives(0);
    s.expect(transfer(by, turn)).gives(0);
    s.expect(read_source(65'536)).gives(65'536);
    s.expect(write_buffer(65'536)).gives(65'536);
    s.expect(read_source(65'536)).gives(34'464);
    s.expect(write_buffer(34'464)).gives(34'464);
    s.expect(read_source(65'536)).gives(0);
    s.finishes({}, 100'000);
}

BOOST_AUTO_TEST_CASE(limits_end_in_holes_and_in_data)
{
    scenario limited = sparse_file(200'000, {{0, 100'000}});
    for (const std::uint64_t limit : {60'000u, 100'000u})
    {
        limited.layers = {take(limit)};
        script s{limited};
        s.expect(find_data(0)).finds(100'000, 200'000);
        s.expect(skip_hole(limit, 0)).gives(limit);
        s.finishes({}, limit);
    }
    limited.layers = {take(110'000)};
    script s{limited};
    s.expect(find_data(0)).finds(100'000, 200'000);
    s.expect(transfer_behind(100'000, 0, by, 10'000)).gives(110'000);
    s.finishes({}, 110'000);
}

BOOST_AUTO_TEST_CASE(a_hole_that_can_not_be_made_is_copied_and_so_is_the_rest)
{
    for (const int error : {EOPNOTSUPP, ENOSPC, EFBIG, ESTALE, EIO})
    {
        script before_data{sparse_file(200'000, {{0, 100'000}})};
        before_data.expect(find_data(0)).finds(100'000, 200'000);
        before_data.expect(transfer_behind(100'000, 0, by, 100'000)).fails(error);
        before_data.expect(transfer(by, turn)).gives(200'000);
        before_data.expect(transfer(by, turn - 200'000)).gives(0);
        before_data.finishes({}, 200'000);
        script last{sparse_file(200'000, {{0, 200'000}})};
        last.expect(find_data(0)).finds(200'000, 0);
        last.expect(skip_hole(200'000, 0)).fails(error);
        last.expect(transfer(by, turn)).gives(1000);
        last.expect(transfer(by, turn - 1000)).fails(EFBIG);
        last.finishes(errno_code(EFBIG), 1000);
    }
}

BOOST_AUTO_TEST_CASE(where_holes_can_not_be_found_all_is_data)
{
    script s{sparse_file(200'000, {})};
    s.expect(find_data(0)).fails(EACCES);
    s.expect(transfer(by, turn)).gives(200'000);
    s.expect(transfer(by, turn - 200'000)).gives(0);
    s.finishes({}, 200'000);
}

BOOST_AUTO_TEST_CASE(P28_answers_that_make_no_sense_make_no_endless_loop)
{
    script s{sparse_file(200'000, {})};
    s.expect(find_data(0)).finds(0, 0);
    s.expect(transfer(by, 65'536)).gives(65'536);
    s.expect(find_data(65'536)).finds(7, 8);
    s.expect(transfer(by, 65'536)).gives(65'536);
    s.expect(find_data(131'072)).finds(140'000, 5); // found a hole, and then no data behind it
    s.expect(skip_hole(8928, 131'072)).gives(8928);
    s.expect(find_data(140'000)).finds(no_limit - 1, no_limit); // as if the file had grown
    s.expect(skip_hole(60'000, 140'000)).gives(60'000);
    s.expect(transfer(by, turn - 200'000)).gives(0);
    s.finishes({}, 200'000);
}

BOOST_AUTO_TEST_CASE(P28_a_file_that_has_become_shorter_ends_where_it_ends)
{
    script s{sparse_file(200'000, {})};
    s.expect(find_data(0)).finds(50'000, 0); // its end now
    s.expect(skip_hole(50'000, 0)).gives(50'000);
    s.expect(find_data(50'000)).finds(50'000, 0);
    s.expect(transfer(by, 65'536)).gives(0);
    s.expect(read_source(65'536)).gives(0);
    s.finishes({}, 50'000);
}

BOOST_AUTO_TEST_CASE(sendfile_goes_on_with_holes_and_the_buffer_without)
{
    script s{sparse_file(200'000, {{50'000, 100'000}, {150'000, 160'000}})};
    s.expect(find_data(0)).finds(0, 50'000);
    s.expect(transfer(by, 50'000)).fails(EXDEV);
    s.expect(find_data(0)).finds(0, 50'000);
    s.expect(transfer(method::sendfile, 50'000)).gives(50'000);
    s.expect(find_data(50'000)).finds(100'000, 150'000);
    s.expect(transfer_behind(50'000, 50'000, method::sendfile, 50'000)).gives(60'000);
    s.expect(transfer(method::sendfile, 40'000)).fails(EINVAL);
    s.expect(read_source(65'536)).gives(65'536);
    s.expect(write_buffer(65'536)).gives(65'536);
    s.expect(read_source(65'536)).gives(24'464);
    s.expect(write_buffer(24'464)).gives(24'464);
    s.expect(read_source(62'144)).gives(0);
    s.finishes({}, 200'000);
}

BOOST_AUTO_TEST_CASE(what_is_shared_keeps_its_holes_by_itself)
{
    scenario both = sparse_file(100'000, {{0, 50'000}});
    both.shares = true;
    script shared{both};
    shared.expect(clone_range(100'000)).gives(100'000);
    shared.expect(transfer(by, turn - 100'000)).gives(0);
    shared.finishes({}, 100'000);
    script copied{both};
    copied.expect(clone_range(100'000)).fails(EXDEV);
    copied.expect(find_data(0)).finds(50'000, 100'000);
    copied.expect(transfer_behind(50'000, 0, by, 50'000)).gives(100'000);
    copied.expect(transfer(by, turn - 100'000)).gives(0);
    copied.finishes({}, 100'000);
}

BOOST_AUTO_TEST_CASE(a_hole_is_skipped_at_the_rate)
{
    scenario slow = sparse_file(120'000, {{0, 110'000}});
    slow.setup.bytes_per_second = 1'000'000;
    script s{slow};
    s.expect(find_data(0)).finds(110'000, 120'000);
    s.expect(skip_hole(50'000, 0)).gives(50'000);
    s.expect(pace(50'000'000)).ready();
    s.expect(skip_hole(50'000, 50'000)).gives(50'000);
    s.expect(pace(50'000'000)).ready();
    s.expect(transfer_behind(10'000, 100'000, by, 10'000)).gives(20'000);
    s.expect(pace(20'000'000)).ready();
    s.expect(transfer(by, 50'000)).gives(0);
    s.finishes({}, 120'000);
}

BOOST_AUTO_TEST_CASE(the_holes_of_a_range_are_looked_for_at_its_offsets)
{
    scenario range = sparse_file(200'000, {{50'000, 100'000}});
    range.position = 20'000;
    range.setup.has_range = true;
    range.setup.source.position = 20'000;
    range.setup.range_length = 100'000;
    range.layers = {exactly(100'000)};
    script s{range};
    s.expect(find_data(20'000)).finds(20'000, 50'000);
    s.expect(transfer(by, 30'000)).gives(30'000);
    s.expect(find_data(50'000)).finds(100'000, 200'000);
    s.expect(transfer_behind(50'000, 50'000, by, 20'000)).gives(70'000);
    s.finishes({}, 100'000);
}

BOOST_AUTO_TEST_CASE(all_of_it_is_a_workers)
{
    constexpr std::uint64_t step = 128 * 1024;
    scenario away = sparse_file(500'000, {{100'000, 400'000}});
    away.setup.disk = kernel_copy::disk::when_cold;
    away.shares = true;
    script shared{away};
    shared.expect(on_worker(clone_range(500'000))).gives(500'000);
    shared.expect(on_worker(transfer(by, step))).gives(0);
    shared.finishes({}, 500'000);
    script copied{away};
    copied.expect(on_worker(clone_range(500'000))).fails(EXDEV);
    copied.expect(on_worker(find_data(0))).finds(0, 100'000);
    copied.expect(on_worker(transfer(by, 100'000))).gives(100'000);
    copied.expect(on_worker(find_data(100'000))).finds(400'000, 500'000);
    copied.expect(on_worker(transfer_behind(300'000, 100'000, by, 100'000))).gives(400'000);
    copied.expect(on_worker(transfer(by, step))).gives(0);
    copied.finishes({}, 500'000);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kernel_copy::test

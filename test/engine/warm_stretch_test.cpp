// Distributed under the Boost Software License, Version 1.0.
#include <support/script.hpp>

#include <kernel_copy/detail/warm_stretch.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cerrno>

namespace kernel_copy::test {

using detail::warm_stretch;

namespace {

constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t mib = 1024 * kib;
constexpr std::uint64_t no_end = no_limit;

} // namespace

BOOST_AUTO_TEST_SUITE(stretch)

BOOST_AUTO_TEST_CASE(nothing_is_believed_before_it_is_asked)
{
    warm_stretch s;
    BOOST_TEST(s.left(0) == 0u);
    BOOST_TEST(s.ask(0, 100, no_end) == 100u);
    BOOST_TEST(s.left(0) == 0u);
    BOOST_TEST(!s.found(0));
    BOOST_TEST(s.left(0) == 0u);
}

BOOST_AUTO_TEST_CASE(what_is_found_is_left_wherever_it_is_read)
{
    warm_stretch s;
    s.ask(1000, 500, no_end);
    BOOST_TEST(s.found(500));
    BOOST_TEST(s.left(999) == 0u);
    BOOST_TEST(s.left(1000) == 500u);
    BOOST_TEST(s.left(1499) == 1u);
    BOOST_TEST(s.left(1500) == 0u);
}

BOOST_AUTO_TEST_CASE(it_is_believed_for_its_time)
{
    warm_stretch s;
    s.tell_time(5);
    s.ask(0, 500, no_end);
    BOOST_TEST(s.found(500));
    s.tell_time(5 + warm_stretch::believed_for);
    BOOST_TEST(s.left(0) == 500u);
    s.tell_time(6 + warm_stretch::believed_for);
    BOOST_TEST(s.left(0) == 0u);
}

BOOST_AUTO_TEST_CASE(behind_a_stretch_that_was_warm_twice_as_much_is_asked_for_up_to_the_most)
{
    warm_stretch s;
    std::uint64_t at = 0;
    for (const std::uint64_t expected : {1 * mib, 2 * mib, 4 * mib, 8 * mib, 8 * mib})
    {
        BOOST_TEST(s.ask(at, mib, no_end) == expected);
        BOOST_TEST(s.found(expected));
        at += expected;
    }
    BOOST_TEST(s.ask(at, mib, 3 * mib) == 3 * mib);
    BOOST_TEST(s.ask(at, mib, mib) == mib);
}

BOOST_AUTO_TEST_CASE(a_turn_that_is_larger_than_the_most_is_asked_for)
{
    warm_stretch s;
    BOOST_TEST(s.ask(0, 64 * mib, no_end) == 64 * mib);
}

BOOST_AUTO_TEST_CASE(a_long_turn_begins_with_a_short_question)
{
    scenario large = between(end_kind::regular_file, end_kind::stream_socket, 4 * mib);
    large.setup.disk = disk::when_cold;
    large.setup.turn_budget = 4 * mib;
    script s{large};
    s.expect(ask_warmth(mib)).gives(mib);
    s.expect(transfer(method::sendfile, mib)).gives(mib);
    s.expect(ask_warmth(2 * mib, mib)).gives(0);
    s.expect(ask_warmth(mib, mib)).gives(0).expect(open_pipe).done();
    s.expect(on_worker(fill_pipe(pipe_capacity))).begins().expect(await).source_fails(EIO);
    s.finishes(errno_code(EIO), mib);
}

BOOST_AUTO_TEST_CASE(where_more_was_asked_for_than_is_there_the_least_is_asked_for)
{
    warm_stretch s;
    s.ask(0, mib, no_end);
    BOOST_TEST(s.found(mib));
    BOOST_TEST(s.ask(mib, mib, no_end) == 2 * mib);
    BOOST_TEST(s.found(0)); // of so much; of less it is not known
    BOOST_TEST(s.ask(mib, mib, no_end) == mib);
    BOOST_TEST(!s.found(0));
    // And a part is a part.
    s.ask(mib, mib, no_end);
    BOOST_TEST(s.found(kib));
    BOOST_TEST(s.ask(mib + kib, mib, no_end) == mib);
}

BOOST_AUTO_TEST_CASE(where_nothing_was_found_it_is_not_asked_for_again_for_a_time)
{
    warm_stretch s;
    BOOST_TEST(!s.is_cold(0));
    s.tell_time(7);
    s.ask(mib, mib, no_end);
    BOOST_TEST(!s.found(0));
    BOOST_TEST(s.is_cold(mib));
    BOOST_TEST(!s.is_cold(mib + 1));
    BOOST_TEST(!s.is_cold(0));
    s.tell_time(8 + warm_stretch::believed_for);
    BOOST_TEST(!s.is_cold(mib));
    // Of more than has to be there it is not known.
    s.ask(mib, mib, no_end);
    BOOST_TEST(s.found(mib));
    s.ask(2 * mib, mib, no_end);
    BOOST_TEST(s.found(0));
    BOOST_TEST(!s.is_cold(2 * mib));
    s.ask(2 * mib, mib, no_end);
    BOOST_TEST(s.found(kib));
    BOOST_TEST(!s.is_cold(2 * mib));
}

BOOST_AUTO_TEST_CASE(a_copy_that_is_told_so_before_it_begins_asks_nobody)
{
    scenario cold = between(end_kind::regular_file, end_kind::stream_socket, 100 * kib);
    cold.setup.disk = disk::when_cold;
    cold.setup.warm.tell_time(1'000'000'000); // when scripts begin
    cold.setup.warm.ask(0, 100 * kib, 100 * kib);
    BOOST_TEST(!cold.setup.warm.found(0));
    script s{cold};
    s.expect(open_pipe).done();
    s.expect(on_worker(fill_pipe(pipe_capacity))).begins().expect(await).source_fails(EIO);
    s.finishes(errno_code(EIO), 0);
}

BOOST_AUTO_TEST_CASE(a_sink_that_has_used_a_part_in_time_is_asked_for_as_much_again)
{
    warm_stretch s;
    s.ask(0, mib, no_end);
    BOOST_TEST(s.found(mib));
    s.ask(mib, mib, no_end);
    BOOST_TEST(s.found(2 * mib));
    s.ask(3 * mib, mib, no_end);
    BOOST_TEST(s.found(4 * mib));
    s.tell_time(warm_stretch::believed_for + 1);
    BOOST_TEST(s.ask(3 * mib + 1500 * kib, mib, no_end) == 1500 * kib);
    BOOST_TEST(s.found(1500 * kib));
    s.tell_time(2 * warm_stretch::believed_for + 2);
    BOOST_TEST(s.ask(3 * mib + 1600 * kib, mib, no_end) == mib);
}

BOOST_AUTO_TEST_CASE(another_place_in_the_file_is_another_stretch)
{
    warm_stretch s;
    s.ask(10 * mib, mib, no_end);
    BOOST_TEST(s.found(mib));
    BOOST_TEST(s.ask(9 * mib, mib, no_end) == mib);
    s.ask(10 * mib, mib, no_end);
    BOOST_TEST(s.found(mib));
    BOOST_TEST(s.ask(11 * mib + 1, mib, no_end) == mib);
}

// The same of a whole copy: a file of 2000 KiB in turns of 256.
BOOST_AUTO_TEST_CASE(a_large_file_that_is_warm_is_asked_for_seldom)
{
    constexpr std::uint64_t size = 2000 * kib;
    constexpr std::uint64_t turn = 256 * kib;
    scenario large = between(end_kind::regular_file, end_kind::stream_socket, size);
    large.setup.disk = disk::when_cold;
    script s{large};
    std::uint64_t done = 0;
    for (const std::uint64_t asked : {256 * kib, 512 * kib, 1024 * kib, 208 * kib})
    {
        s.expect(ask_warmth(asked, done)).gives(asked);
        for (const std::uint64_t end = done + asked; done != end; done += std::min(turn, end - done))
        {
            const std::uint64_t length = std::min(turn, end - done);
            s.expect(transfer(method::sendfile, length)).gives(length);
            if (length == turn)
                s.expect(yield).ready();
        }
    }
    s.expect(transfer(method::sendfile, detail::growth_probe)).gives(0).finishes({}, size);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kernel_copy::test

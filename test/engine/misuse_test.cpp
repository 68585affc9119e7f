// Distributed under the Boost Software License, Version 1.0.
//
// What is refused before anything has moved.
#include <kernel_copy/detail/plan.hpp>
#include <kernel_copy/detail/progress.hpp>

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <limits>

using kernel_copy::end_kind;
using kernel_copy::errc;
using kernel_copy::error_code;
using kernel_copy::detail::copy_setup;
using kernel_copy::detail::find_misuse;
using kernel_copy::detail::no_limit;

namespace {

error_code number(int errno_value)
{
    return {errno_value, boost::system::system_category()};
}

copy_setup between(end_kind source, end_kind sink)
{
    copy_setup s{};
    s.source.kind = source;
    s.sink.kind = sink;
    s.turn_budget = s.buffer_size = 1000;
    return s;
}

/// What a change makes of a good copy from a file to a socket.
template <class Change>
error_code after(Change change)
{
    copy_setup s = between(end_kind::regular_file, end_kind::stream_socket);
    change(s);
    return find_misuse(s, no_limit);
}

} // namespace

BOOST_AUTO_TEST_SUITE(misuse)

BOOST_AUTO_TEST_CASE(what_can_be_copied_is_not_refused)
{
    BOOST_TEST(!after([](copy_setup&) {}));
}

BOOST_AUTO_TEST_CASE(options_that_move_nothing)
{
    BOOST_TEST(after([](copy_setup& s) { s.turn_budget = 0; }) == number(EINVAL));
    BOOST_TEST(after([](copy_setup& s) { s.buffer_size = 0; }) == number(EINVAL));
}

BOOST_AUTO_TEST_CASE(ends_that_are_closed_or_not_open_for_this)
{
    BOOST_TEST(after([](copy_setup& s) { s.source.closed = true; }) == number(EBADF));
    BOOST_TEST(after([](copy_setup& s) { s.sink.closed = true; }) == number(EBADF));
    BOOST_TEST(after([](copy_setup& s) { s.source.wrong_direction = true; }) == number(EBADF));
    BOOST_TEST(after([](copy_setup& s) { s.sink.wrong_direction = true; }) == number(EBADF));
}

BOOST_AUTO_TEST_CASE(directories)
{
    BOOST_TEST(after([](copy_setup& s) { s.source.is_directory = true; }) == number(EISDIR));
    BOOST_TEST(after([](copy_setup& s) { s.sink.is_directory = true; }) == number(EISDIR));
}

BOOST_AUTO_TEST_CASE(ranges_that_no_file_has)
{
    BOOST_TEST(after([](copy_setup& s) {
                   s.has_range = true;
                   s.source.position = std::numeric_limits<std::uint64_t>::max();
                   s.range_length = 1;
               }) == number(EINVAL));
    for (const end_kind kind : {end_kind::stream_socket, end_kind::pipe})
        BOOST_TEST(after([kind](copy_setup& s) {
                       s.has_range = true;
                       s.range_length = 1;
                       s.source.kind = kind;
                   }) == number(ESPIPE));
    BOOST_TEST(!after([](copy_setup& s) {
        s.has_range = true;
        s.range_length = 1;
        s.source.kind = end_kind::unknown;
    }));
}

BOOST_AUTO_TEST_CASE(a_file_onto_itself)
{
    copy_setup s = between(end_kind::regular_file, end_kind::regular_file);
    s.source.device = s.sink.device = 1;
    s.source.inode = s.sink.inode = 2;
    s.source.size = s.sink.size = 1000;
    BOOST_TEST(find_misuse(s, no_limit) == error_code{errc::overlapping_copy});
    s.sink.position = 100;
    BOOST_TEST(!find_misuse(s, 100)); // side by side
    BOOST_TEST(find_misuse(s, 101) == error_code{errc::overlapping_copy});
    s.sink.inode = 3;
    BOOST_TEST(!find_misuse(s, no_limit));
}

BOOST_AUTO_TEST_SUITE_END()

// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/disk_step.hpp>

#include <boost/test/unit_test.hpp>

namespace kernel_copy::test {

namespace {

constexpr std::uint64_t kibibyte = 1024;
constexpr std::uint64_t mebibyte = 1024 * kibibyte;
constexpr std::uint64_t soon = 1'000'000;
constexpr std::uint64_t late = 50'000'000;

} // namespace

BOOST_AUTO_TEST_SUITE(disk_step)

BOOST_AUTO_TEST_CASE(a_fast_disk_gets_long_steps_and_a_slow_one_short_steps)
{
    detail::disk_step step;
    BOOST_TEST(step.length() == 128 * kibibyte);
    for (int i = 0; i != 20; ++i)
        step.took(step.length(), step.length(), soon);
    BOOST_TEST(step.length() == 16 * mebibyte);
    for (int i = 0; i != 20; ++i)
        step.took(step.length(), step.length(), late);
    BOOST_TEST(step.length() == 64 * kibibyte);
}

BOOST_AUTO_TEST_CASE(what_did_little_says_nothing_about_much)
{
    detail::disk_step step;
    step.took(4 * kibibyte, 4 * kibibyte, soon);  // asked for little
    step.took(4 * kibibyte, step.length(), soon); // got little
    step.took(step.length(), step.length(), 20 * soon);
    BOOST_TEST(step.length() == 128 * kibibyte);
}

BOOST_AUTO_TEST_CASE(a_step_that_no_worker_made_says_nothing_about_the_disk)
{
    detail::disk_step step;
    BOOST_TEST(!step.is_made_here());
    step.took(step.length(), step.length(), 0);
    BOOST_TEST(step.is_made_here());
    BOOST_TEST(step.length() == 128 * kibibyte);
    step.took(step.length(), step.length(), late);
    BOOST_TEST(!step.is_made_here());
    BOOST_TEST(step.length() == 64 * kibibyte);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kernel_copy::test

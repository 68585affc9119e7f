// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/action.hpp>
#include <kernel_copy/detail/errno_policy.hpp>

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <map>

namespace kernel_copy::test {

namespace {

using detail::errno_code;
using detail::judge;
using detail::verdict;

/// Every errno that is not in the table is an error of the copy.
void check_all(method by, const std::map<int, verdict>& table)
{
    for (int error = 1; error != 134; ++error)
    {
        const auto entry = table.find(error);
        const verdict right = entry == table.end() ? verdict::fail : entry->second;
        BOOST_TEST_INFO(to_string(by) << ", errno " << error);
        BOOST_TEST(static_cast<int>(judge(by, errno_code(error))) == static_cast<int>(right));
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(errno_policy)

BOOST_AUTO_TEST_CASE(S36_S37_S38_B7_copy_file_range)
{
    check_all(method::copy_file_range, {{ENOSYS, verdict::probe},
                                        {EPERM, verdict::probe},
                                        {EOPNOTSUPP, verdict::probe},
                                        {EOVERFLOW, verdict::hand_over},
                                        {EXDEV, verdict::hand_over},
                                        {EINVAL, verdict::hand_over},
                                        {EBADF, verdict::hand_over},
                                        {EACCES, verdict::hand_over},
                                        {ENOENT, verdict::hand_over},
                                        {ETXTBSY, verdict::hand_over}});
}

BOOST_AUTO_TEST_CASE(S42_S43_S44_sendfile)
{
    check_all(method::sendfile, {{EAGAIN, verdict::wait},
                                 {ENOSYS, verdict::probe},
                                 {EPERM, verdict::probe},
                                 {EINVAL, verdict::hand_over},
                                 {EOVERFLOW, verdict::hand_over}});
}

BOOST_AUTO_TEST_CASE(S42_S44_splice)
{
    for (const method by : {method::splice, method::splice_through_pipe})
        check_all(
            by,
            {{EAGAIN, verdict::wait}, {ENOSYS, verdict::probe}, {EPERM, verdict::probe}, {EINVAL, verdict::hand_over}});
}

BOOST_AUTO_TEST_CASE(P24_the_buffer_falls_back_on_nothing)
{
    check_all(method::buffer, {{EAGAIN, verdict::wait}});
}

BOOST_AUTO_TEST_CASE(an_error_of_another_category_is_an_error_of_the_copy)
{
    for (const method by : {method::copy_file_range, method::sendfile, method::splice, method::buffer})
        for (const int value : {EAGAIN, EINVAL, EPERM})
        {
            const error_code foreign{value, error_category()};
            BOOST_TEST(static_cast<int>(judge(by, foreign)) == static_cast<int>(verdict::fail));
        }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kernel_copy::test

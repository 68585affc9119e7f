// Distributed under the Boost Software License, Version 1.0.
//
// Every call of a copy from ranges and files with holes goes wrong in every way, once.
#include "all_sinks.hpp"

using namespace test;

namespace {

using sockets = std::tuple<tcp_sink, local_sink>;
using files = std::tuple<disk_file_sink, tmpfs_file_sink>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(faults_of_ranges, descriptor_balance)

BOOST_AUTO_TEST_CASE_TEMPLATE(from_a_header_and_a_small_range, Sink, sinks_but_tmpfs)
{
    replay_and_count<headed_range_source, Sink>();
}

BOOST_AUTO_TEST_CASE_TEMPLATE(from_a_header_and_a_range_of_a_file_that_is_known, Sink, sockets)
{
    replay_and_count<known_range_source, Sink>();
}

BOOST_AUTO_TEST_CASE_TEMPLATE(from_a_file_with_holes, Sink, files)
{
    replay_and_count<holey_source, Sink>();
}

BOOST_AUTO_TEST_SUITE_END()

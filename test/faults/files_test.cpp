// Distributed under the Boost Software License, Version 1.0.
//
// Every call of a copy from files goes wrong in every way, once.
#include "all_sinks.hpp"

using namespace test;

BOOST_FIXTURE_TEST_SUITE(faults_of_files, descriptor_balance)

BOOST_AUTO_TEST_CASE_TEMPLATE(from_a_file, Sink, all_sinks)
{
    replay_and_count<disk_file_source, Sink>();
}

BOOST_AUTO_TEST_CASE_TEMPLATE(from_a_file_on_tmpfs, Sink, all_sinks)
{
    replay_and_count<tmpfs_file_source, Sink>();
}

BOOST_AUTO_TEST_SUITE_END()

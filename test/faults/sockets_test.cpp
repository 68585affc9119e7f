// Distributed under the Boost Software License, Version 1.0.
//
// Every call of a copy from sockets goes wrong in every way, once.
#include "all_sinks.hpp"

using namespace test;

BOOST_FIXTURE_TEST_SUITE(faults_of_sockets, descriptor_balance)

BOOST_AUTO_TEST_CASE_TEMPLATE(from_tcp, Sink, sinks_but_tmpfs)
{
    replay_and_count<tcp_source, Sink>();
}

BOOST_AUTO_TEST_CASE_TEMPLATE(from_a_unix_socket, Sink, sinks_but_tmpfs)
{
    replay_and_count<local_source, Sink>();
}

BOOST_AUTO_TEST_SUITE_END()

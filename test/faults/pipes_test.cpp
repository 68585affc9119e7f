// Distributed under the Boost Software License, Version 1.0.
//
// Every call of a copy from pipes and streams goes wrong in every way, once.
#include "all_sinks.hpp"

using namespace test;

namespace {

using files_and_sockets = std::tuple<disk_file_sink, tmpfs_file_sink, tcp_sink>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(faults_of_pipes, descriptor_balance)

BOOST_AUTO_TEST_CASE_TEMPLATE(from_a_pipe, Sink, sinks_but_tmpfs)
{
    replay_and_count<pipe_source, Sink>();
}

BOOST_AUTO_TEST_CASE_TEMPLATE(from_asios_pipe, Sink, sinks_but_tmpfs)
{
    replay_and_count<asio_pipe_source, Sink>();
}

BOOST_AUTO_TEST_CASE_TEMPLATE(from_a_stream_without_descriptor, Sink, files_and_sockets)
{
    replay_and_count<opaque_source, Sink>();
}

BOOST_AUTO_TEST_SUITE_END()

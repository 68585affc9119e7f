// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_FAULTS_ALL_SINKS_HPP
#define KERNEL_COPY_TEST_FAULTS_ALL_SINKS_HPP

#include "copy_replay.hpp"

#include <tuple>

namespace test {

using all_sinks = std::tuple<disk_file_sink, tmpfs_file_sink, tcp_sink, local_sink, pipe_sink, asio_pipe_sink,
                             terminal_sink, opaque_sink>;

/// A second file system matters only between files.
using sinks_but_tmpfs =
    std::tuple<disk_file_sink, tcp_sink, local_sink, pipe_sink, asio_pipe_sink, terminal_sink, opaque_sink>;

/// What has been tried is counted: a test that tries nothing is none.
template <class Source, class Sink>
void replay_and_count()
{
    const std::size_t replays = replay_copies<Source, Sink>();
    BOOST_TEST(replays > 0u);
    BOOST_TEST_MESSAGE(replays << " replays");
}

} // namespace test

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_FILES_STREAMS_HPP
#define KERNEL_COPY_TEST_BENCHMARK_FILES_STREAMS_HPP

#include "client.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <thread>
#include <vector>

namespace benchmark::files {

/// Whole files, one on each connection, received by a thread until somebody stops it.
class streams
{
public:
    /// Asks for the server's files from `first` on.
    streams(std::uint16_t port, std::uint32_t first, unsigned count, std::uint64_t length);
    streams(const streams&) = delete;
    streams& operator=(const streams&) = delete;
    ~streams();

    /// Gives the bytes that came in a second, of the time until the last of them. Throws if a connection was lost.
    double stop();

private:
    void receive();

    connections to_;
    std::uint64_t missing_;
    std::uint64_t received_ = 0;
    double seconds_ = 0;
    std::atomic<bool> stopped_ = false;
    std::exception_ptr failure_;
    std::thread thread_; // the last: it uses the others
};

} // namespace benchmark::files

#endif

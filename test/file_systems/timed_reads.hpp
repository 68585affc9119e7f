// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_FILE_SYSTEMS_TIMED_READS_HPP
#define KERNEL_COPY_TEST_FILE_SYSTEMS_TIMED_READS_HPP

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <string>

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

namespace test {

using steady = std::chrono::steady_clock;
using namespace std::chrono_literals;

/// What one read gave, and how long it took.
struct bytes_read
{
    std::string bytes{};
    int error = 0;
    steady::duration took{};
};

inline bytes_read read_at(const std::string& path, std::uint64_t offset, std::size_t size, int flags = 0)
{
    bytes_read result;
    result.bytes.resize(size);
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const iovec into{result.bytes.data(), size};
    const auto begin = steady::now();
    const ssize_t n = ::preadv2(file, &into, 1, static_cast<off_t>(offset), flags);
    result.error = n == -1 ? errno : 0;
    result.took = steady::now() - begin;
    result.bytes.resize(n == -1 ? 0 : static_cast<std::size_t>(n));
    ::close(file);
    return result;
}

} // namespace test

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_FILES_CLIENT_HPP
#define KERNEL_COPY_TEST_BENCHMARK_FILES_CLIENT_HPP

#include "request.hpp"
#include "scenario.hpp"

#include <cstdint>
#include <vector>

namespace benchmark::files {

/// Connections that are closed with the object.
class connections
{
public:
    connections(std::uint16_t port, unsigned count);
    connections(const connections&) = delete;
    connections& operator=(const connections&) = delete;
    ~connections();

    [[nodiscard]] const std::vector<int>& sockets() const { return sockets_; }

private:
    std::vector<int> sockets_;
};

void ask(int socket, const request& for_what);

/// Asks once, and compares the answer with the file. Throws if they differ.
void check_answer(int socket, const request& for_what, const std::string& file);

/// Ranges of the server's first file, one behind the other, so that what the processor has cached of one is of no use
/// for the next; from the beginning again behind the end, or behind 64 MiB.
class range_sequence
{
public:
    range_sequence(std::uint64_t length, std::uint32_t header, std::uint64_t file_size);
    request next();

private:
    request at_;
    std::uint64_t step_;
    std::uint64_t end_;
};

/// Runs closed loops on all connections. Gives the seconds that each answer took, from the request to the last byte.
std::vector<double> run_closed_loops(const std::vector<int>& sockets, range_sequence ranges, std::uint64_t transfers);

} // namespace benchmark::files

#endif

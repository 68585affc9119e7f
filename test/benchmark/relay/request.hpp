// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_RELAY_REQUEST_HPP
#define KERNEL_COPY_TEST_BENCHMARK_RELAY_REQUEST_HPP

#include <cstdint>

namespace benchmark::relay {

/// How a connection begins: what the client asks the server to do. The server answers only to what has arrived
/// completely, so an answer says that no byte is missing.
struct request
{
    std::uint64_t greeting; ///< bytes that the server sends at once
    std::uint64_t in;       ///< again and again: after so many bytes
    std::uint64_t out;      ///< it sends so many
    std::uint64_t farewell; ///< bytes that it sends once the client has ended its half
};

} // namespace benchmark::relay

#endif

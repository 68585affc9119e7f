// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_FILES_REQUEST_HPP
#define KERNEL_COPY_TEST_BENCHMARK_FILES_REQUEST_HPP

#include <cstdint>
#include <stdexcept>
#include <string>

namespace benchmark::files {

/// What a client sends, in one segment, when all that it has asked for before is there. The answer is so many bytes of
/// 'h', then the range.
struct request
{
    std::uint32_t file; ///< which of the server's files
    std::uint32_t header;
    std::uint64_t offset;
    std::uint64_t length;
};

inline constexpr std::uint32_t longest_header = 1024;

inline void check_received(std::size_t bytes)
{
    if (bytes != sizeof(request))
        throw std::runtime_error{"a request of " + std::to_string(bytes) + " bytes"};
}

} // namespace benchmark::files

#endif

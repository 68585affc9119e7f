// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_EXAMPLE_FAILURE_LOG_HPP
#define KERNEL_COPY_EXAMPLE_FAILURE_LOG_HPP

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

namespace kernel_copy::example {

/// Says on stderr what went wrong, a line a second at most: the next line says how many were left out.
class failure_log
{
public:
    /// From any thread.
    void report(const std::string& what);

private:
    using clock = std::chrono::steady_clock;

    std::mutex mutex_{};
    clock::time_point next_{};
    std::uint64_t left_out_ = 0;
};

} // namespace kernel_copy::example

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_SYSTEM_HPP
#define KERNEL_COPY_TEST_BENCHMARK_SYSTEM_HPP

#include "units.hpp"

#include <cstdint>

#include <sys/types.h>

namespace benchmark {

/// Throws std::system_error with errno.
[[noreturn]] void fail(const char* what);

/// The result of a system call, if it is not an error.
template <class Result>
Result check(Result result, const char* what)
{
    if (result < 0)
        fail(what);
    return result;
}

/// A count, 0 at the end, or would_block.
inline constexpr ssize_t would_block = -1;
ssize_t check_transfer(ssize_t result, const char* what);

void make_non_blocking(int descriptor);

/// Waits for one descriptor, registered once and level-triggered: the least that a wait can cost.
class watch
{
public:
    watch(int descriptor, std::uint32_t events);
    watch(const watch&) = delete;
    watch& operator=(const watch&) = delete;
    ~watch();

    void wait() const;

private:
    int epoll_;
};

} // namespace benchmark

#endif

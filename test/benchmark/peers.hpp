// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_PEERS_HPP
#define KERNEL_COPY_TEST_BENCHMARK_PEERS_HPP

#include "system.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <type_traits>
#include <vector>

#include <unistd.h>

namespace benchmark {

struct descriptor_pair
{
    int near; ///< the mover's
    int far;
};

/// Two ends of a TCP connection over 127.0.0.1, with Nagle's delay off.
descriptor_pair connected_pair();
/// A pipe: near is read, far is written.
descriptor_pair open_pipe();

/// Writes 64 KiB at a time, then ends the stream. Gives what it wrote.
std::uint64_t produce(int to, std::uint64_t bytes);
/// Reads 256 KiB at a time until the end, or has the kernel drop as much (MSG_TRUNC, tcp(7)).
std::uint64_t receive_all(int from, bool discard);

/// A process that has only the given descriptors, runs a function, and reports its result. It is killed by
/// SIGALRM if it takes too long.
class child
{
public:
    template <class Function>
    child(const std::vector<int>& descriptors, Function function)
    {
        const descriptor_pair report = open_pipe();
        report_ = report.near;
        process_ = check(::fork(), "fork");
        if (process_ == 0)
            run(descriptors, report.far, function);
        ::close(report.far);
    }
    child(child&& other) noexcept;
    child& operator=(child&&) = delete;
    ~child();

    /// Waits for it. Throws if the process failed.
    template <class Result>
    Result result()
    {
        Result result{};
        if (::read(report_, &result, sizeof result) != static_cast<ssize_t>(sizeof result))
            throw std::runtime_error{"a process of the benchmark failed"};
        return result;
    }

private:
    static void keep_only(std::vector<int> descriptors, int report);

    template <class Function>
    [[noreturn]] static void run(const std::vector<int>& descriptors, int report, Function function)
    {
        int status = EXIT_FAILURE;
        try
        {
            keep_only(descriptors, report);
            const auto result = function();
            static_assert(std::is_trivially_copyable_v<decltype(result)>);
            if (::write(report, &result, sizeof result) == static_cast<ssize_t>(sizeof result))
                status = EXIT_SUCCESS;
        }
        catch (const std::exception& e)
        {
            std::fprintf(stderr, "%s\n", e.what());
        }
        ::_exit(status);
    }

    int report_ = -1;
    pid_t process_ = -1;
};

} // namespace benchmark

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_CHILD_HPP
#define KERNEL_COPY_TEST_BENCHMARK_CHILD_HPP

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
    int near; ///< stays here, or is what is measured
    int far;
};

/// A pipe: near is read, far is written.
descriptor_pair open_pipe();

/// A process that has only the given descriptors, runs a function, and reports its result. It is killed by
/// SIGALRM if it takes too long, and by the destructor if nobody has waited for its result.
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
        finished_ = true;
        return result;
    }

    [[nodiscard]] pid_t id() const noexcept { return process_; }

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
    bool finished_ = false;
};

} // namespace benchmark

#endif

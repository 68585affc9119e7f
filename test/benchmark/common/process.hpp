// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_PROCESS_HPP
#define KERNEL_COPY_TEST_BENCHMARK_PROCESS_HPP

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

namespace benchmark {

/// CPU time of a process, user and system, by its clock: exact, where /proc and times(2) count ticks.
double cpu_seconds_of(pid_t process);

/// CPU time of all that runs on the machine, in ticks of 10 ms.
double machine_cpu_seconds();

/// A program in a process group of its own, which ends with this object.
class process
{
public:
    /// @param inherited a descriptor that the program gets as descriptor 3, or -1.
    explicit process(const std::vector<std::string>& arguments, int inherited = -1);
    process(const process&) = delete;
    process& operator=(const process&) = delete;
    ~process();

    /// Gives false if it still runs then.
    [[nodiscard]] bool has_ended_within(std::chrono::milliseconds time) const;

    /// Gives the processors to its first thread, and to the caller's, before all others; not to threads that these start.
    /// Needs root.
    void put_first() const;

    // All of them add up the processes of the group that exist.
    [[nodiscard]] double cpu_seconds() const;
    /// Proportional set size, without the pages of files: of those a share goes to each other process that has
    /// them, and how many there are depends on the moment.
    [[nodiscard]] double resident_bytes() const;
    [[nodiscard]] double descriptors() const;

private:
    [[nodiscard]] std::vector<pid_t> group() const;

    pid_t leader_;
    int descriptor_; ///< pidfd_open(2)
};

} // namespace benchmark

#endif

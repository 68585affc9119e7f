// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_CONTENDER_HPP
#define KERNEL_COPY_TEST_BENCHMARK_CONTENDER_HPP

#include "units.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace benchmark {

enum class scenario
{
    file_to_socket,
    ranges_to_socket, ///< the same 1 MiB of a file again and again, one operation each
    socket_to_socket,
    file_to_file,
    pipe_to_socket
};

inline constexpr std::array<std::string_view, 5> scenario_names{"file-to-socket", "ranges-to-socket",
                                                                "socket-to-socket", "file-to-file", "pipe-to-socket"};

/// Descriptors of one connection; the mover owns them.
struct ends
{
    int source;
    int sink;
};

/// What a mover has to do.
struct task
{
    std::vector<ends> connections;
    std::uint64_t bytes; ///< of each connection
    std::uint64_t range; ///< of each operation on a file
};

/// What a mover counted besides its bytes; zeros where nothing counts.
struct call_counts
{
    std::uint64_t system_calls = 0;
    std::uint64_t waits = 0;
    std::uint64_t yields = 0;
};

enum class family
{
    kernel_copy,
    plain_asio,
    bare_c
};

struct contender
{
    std::string name;
    family kind;
    std::function<call_counts(const task&)> move;
};

struct settings
{
    std::uint64_t bytes = gib;
    unsigned rounds = 7;
    unsigned connections = 1;
    std::string directory;
    // More contenders of kernel_copy, one for each pair; 0 stands for the default.
    std::vector<std::uint64_t> turn_budgets;
    std::vector<std::size_t> pipe_capacities;
    std::vector<std::string> only; ///< parts of the names of those that run; all, if there are none
    bool count_calls = false;
    bool discard = false; ///< receivers drop what they receive instead of copying it out
};

void add_kernel_copy(std::vector<contender>& to, scenario what, const settings& with);
void add_plain_asio(std::vector<contender>& to, scenario what);
void add_bare_c(std::vector<contender>& to, scenario what, const settings& with);

void add_bare_sendfile(std::vector<contender>& to);
void add_bare_relay(std::vector<contender>& to, unsigned connections);
void add_bare_pipe(std::vector<contender>& to);
void add_bare_copy_file_range(std::vector<contender>& to);

} // namespace benchmark

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_RELAY_BUILT_IN_HPP
#define KERNEL_COPY_TEST_BENCHMARK_RELAY_BUILT_IN_HPP

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace benchmark::relay {

enum class family
{
    kernel_copy,
    plain_asio,
    coroutine_asio,
    least_asio,
    bare_splice,
    bare_copy,
    peer
};

/// A relay that is part of this program. It serves until it is killed.
struct built_in
{
    std::string_view name;
    family kind;
    void (*serve)(int listener, std::uint16_t upstream_port);
};

std::span<const built_in> built_ins();

/// When a bare loop is done with a connection for now.
enum class rhythm
{
    until_not_ready, ///< edge-triggered: EAGAIN tells, or the turn's budget is used up
    one_a_wake_up    ///< level-triggered: after one fill and its drain; epoll tells whether there is more
};

/// A library can't choose what the program does about SIGPIPE.
void serve_by_kernel_copy(int listener, std::uint16_t upstream_port, void (*on_sigpipe)(int));
void serve_by_plain_asio(int listener, std::uint16_t upstream_port);
void serve_by_coroutine_asio(int listener, std::uint16_t upstream_port);
void serve_by_least_asio(int listener, std::uint16_t upstream_port);
/// @param pipe_capacity 0 for the kernel's default.
void serve_by_splice(int listener, std::uint16_t upstream_port, std::size_t pipe_capacity, rhythm how);
void serve_by_copy(int listener, std::uint16_t upstream_port);

} // namespace benchmark::relay

#endif

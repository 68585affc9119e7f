// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_FILES_BUILT_IN_HPP
#define KERNEL_COPY_TEST_BENCHMARK_FILES_BUILT_IN_HPP

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace benchmark::files {

enum class family
{
    kernel_copy,
    plain_asio,
    least_asio,
    bare_c
};

/// What a server serves, and where.
struct service
{
    int listener;
    std::vector<std::string> files;
    bool no_delay; ///< TCP_NODELAY
};

/// Of scenarios: a server takes part in some.
using parts = unsigned;
namespace part {
inline constexpr parts bulk = 1;
inline constexpr parts small = 2;
inline constexpr parts latency = 4;
inline constexpr parts header = 8; ///< latency with one
inline constexpr parts sweep = 16;
inline constexpr parts cold = 32;
inline constexpr parts cold_alone = 64;  ///< without warm ranges
inline constexpr parts cold_apart = 128; ///< warm ranges alone, while another process sends the cold files
} // namespace part

/// A server that is part of this program: one thread, unless its name says something else. It serves until it is killed.
struct built_in
{
    std::string name;
    family kind;
    parts takes_part_in;
    std::function<void(const service&)> serve;
};

std::vector<built_in> built_ins();
/// The one of cold_alone.
built_in blocking_threads();

/// Appends kernel_copy with its default options, and with those that leave the disk's work to the caller's thread.
void add_kernel_copy(std::vector<built_in>& to);

/// async_read_some of the request, then 64 KiB by pread and async_write at a time.
void serve_by_plain_asio(const service& what);
/// The least that a server on Asio can do: async_read_some of the request, one sendfile, async_wait only when the
/// socket takes no more.
void serve_by_least_asio(const service& what);

/// When a bare loop is done with a connection for now.
enum class rhythm
{
    until_not_ready, ///< edge-triggered: EAGAIN tells, or the turn's bytes are spent
    one_a_wake_up    ///< level-triggered: after one call; epoll tells whether there is room for more
};

enum class header_send
{
    more,     ///< MSG_MORE: waits for what follows
    by_itself ///< as who does not know that does it
};

void serve_by_sendfile(const service& what, std::uint64_t turn, rhythm how, header_send header);
/// The header and what pread gives, by one send.
void serve_by_pread(const service& what);

/// Accepts, and lets so many threads serve a connection each by blocking pread and send.
void serve_by_threads(const service& what, unsigned threads);

} // namespace benchmark::files

#endif

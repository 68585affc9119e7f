// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_FACTS_HPP
#define KERNEL_COPY_DETAIL_FACTS_HPP

#include <kernel_copy/detail/warm_stretch.hpp>
#include <kernel_copy/disk.hpp>
#include <kernel_copy/end_kind.hpp>
#include <kernel_copy/error.hpp>
#include <kernel_copy/method.hpp>

#include <array>
#include <cstdint>

namespace kernel_copy::inline v0::detail {

/// What is known of one end before the first byte moves. Hints: a wrong one must still end in the right bytes.
struct end_facts
{
    end_kind kind = end_kind::unknown;
    std::uint64_t size = 0;     ///< of a regular file
    std::uint64_t position = 0; ///< where a regular file will be read or written next, if it was asked for
    std::uint64_t device = 0;   ///< with the inode, what file it is
    std::uint64_t inode = 0;
    bool has_holes = false;   ///< a regular file seems to hold less than its size
    bool append_only = false; ///< a sink opened with O_APPEND
    bool may_append = false;  ///< whether a sink was, could not be found out
    bool closed = false;
    bool is_directory = false;
    bool wrong_direction = false; ///< not open for reading, or not for writing
};

/// Files are always ready, and their positions can be moved.
[[nodiscard]] constexpr bool is_file(end_kind kind) noexcept
{
    return kind == end_kind::regular_file || kind == end_kind::block_device;
}

/// Whether the system knows a call at all, as far as this process has found out.
enum class availability : unsigned char
{
    unknown,
    available,
    unavailable
};

using availability_table = std::array<availability, method_count>;

/// The call whose availability decides over a method: a splice through a pipe is made of splices.
[[nodiscard]] constexpr method call_behind(method m) noexcept
{
    return m == method::splice_through_pipe ? method::splice : m;
}

/// How much is moved at once, and how fast.
struct copy_terms
{
    std::uint64_t turn_budget = 0;
    std::uint64_t buffer_size = 0;
    std::uint64_t pipe_capacity = 0;    ///< of the pipe of a copy in bulk; 0 leaves it as it is
    std::uint64_t bytes_per_second = 0; ///< 0: as fast as it goes
    bool keeps_residue = false;         ///< what is in flight when it ends is saved
};

/// All that the engine needs to know to begin.
struct copy_setup : copy_terms
{
    end_facts source;
    end_facts sink;
    method_set methods{};
    kernel_copy::page_sharing page_sharing = kernel_copy::page_sharing::allow;
    kernel_copy::disk disk = kernel_copy::disk::inline_;
    availability_table known_calls{};
    bool adaptive = false;        ///< copy first, and splice what turns out to be bulk
    bool sink_buffers = false;    ///< the sink may hold bytes of its own that go first
    bool held_back = false;       ///< the sink was told that more comes
    std::uint64_t small_file = 0; ///< up to which a read and a send cost less than sendfile
    bool has_range = false;       ///< the source is read from an explicit position on
    std::uint64_t range_length = 0;
    warm_stretch warm{}; ///< what of the source was found in memory lately
};

/// What a caller asks of a running operation, weakest first.
enum class stop_request : unsigned char
{
    none,
    total,   ///< stop if nothing was taken yet
    dry,     ///< stop when the source has nothing ready; deliver what is in flight
    partial, ///< take no more, deliver what is in flight
    terminal ///< end now
};

} // namespace kernel_copy::inline v0::detail

#endif

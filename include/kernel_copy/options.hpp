// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_OPTIONS_HPP
#define KERNEL_COPY_OPTIONS_HPP

#include <kernel_copy/disk.hpp>
#include <kernel_copy/method.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <cstdint>

/// async_kernel_copy(), async_kernel_relay(), and what they take and give.
namespace kernel_copy::inline v0 {

class monitor;
class residue;

/// What a caller can say about a copy. An aggregate, made for designated initialisers:
/// `async_kernel_copy(file, socket, {.page_sharing = page_sharing::forbid}, token)`.
struct copy_options
{
    /// The methods that may be used. A set that leaves none for the given ends is an error
    /// (errc::no_method_available), so that a caller can demand a path through the kernel.
    /// Writing out what a view or a buffered stream already holds in memory is always allowed. A file that
    /// says it is empty (procfs; one that really is) is only ever read: it needs method::buffer.
    method_set methods{};

    /// See kernel_copy::page_sharing.
    kernel_copy::page_sharing page_sharing = kernel_copy::page_sharing::allow;

    /// See kernel_copy::disk.
    kernel_copy::disk disk = kernel_copy::disk::when_cold;

    /// Bytes: the most that is moved before other handlers get their turn, and the most that one system call there is
    /// asked to move. At least 1. The default was chosen by test/benchmark: a file of 1 GiB to a socket takes 0.86 of the
    /// CPU time that it takes with 1 MiB, and no less with 4 MiB.
    std::uint64_t turn_budget = 2 * 1024 * 1024;

    /// Bytes: what the pipe of splice_through_pipe is resized to once a fill has taken as much as it is made for, as
    /// far as the system and pipe_pool's limits let it (best effort, F_SETPIPE_SZ). 0 leaves it at the kernel's size,
    /// which costs up to twice the CPU time in bulk.
    std::size_t pipe_capacity = 1024 * 1024;

    /// Bytes: the buffer of method::buffer; two where an end has no descriptor. At least 1. Up to 64 KiB it is lent by
    /// the thread and held only while there are bytes in it; a larger one is allocated whenever it is needed.
    std::size_t buffer_size = 64 * 1024;

    /// Bytes: the most that is taken from the source in a second, kept by pausing between calls, so that bytes still
    /// move inside the kernel. At most a tenth of it comes in one burst. 0: as fast as it goes.
    std::uint64_t max_bytes_per_second = 0;

    /// Runs what may wait for a disk, in place of the threads of disk_workers. Must outlive the operation. It must not
    /// run things in the thread that submits them, or on the one thread that the operation needs.
    const boost::asio::any_io_executor* disk_executor = nullptr;

    /// Where bytes go that were taken and could not be delivered, or nowhere. Must outlive the operation.
    kernel_copy::residue* residue = nullptr;

    /// Counters to keep, or none. Must outlive the operation.
    kernel_copy::monitor* monitor = nullptr;

    /// Member by member; what the pointers point to is not compared.
    friend bool operator==(const copy_options&, const copy_options&) = default;
};

} // namespace kernel_copy::inline v0

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_KERNEL_HPP
#define KERNEL_COPY_DETAIL_KERNEL_HPP

#include <kernel_copy/detail/config.hpp>
#include <kernel_copy/detail/facts.hpp>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>

namespace kernel_copy::inline v0::detail {

/// What a system call returned: a count (or another number), or an errno.
struct call_result
{
    std::uint64_t bytes = 0;
    int error = 0;
};

/// Said of a file that is not what it was a moment ago.
#if defined(ESTALE)
inline constexpr int is_another_file = ESTALE;
#else
inline constexpr int is_another_file = EIO;
#endif

/// What fstat(2) says.
struct file_status
{
    end_kind kind = end_kind::unknown;
    bool is_directory = false;
    std::uint64_t size = 0;
    std::uint64_t allocated = 0; ///< bytes that the file has on the disk
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
};

/// What a descriptor was opened for.
struct file_access
{
    bool readable = true;
    bool writable = true;
    bool appends = false;
};

/// What is known of each call, for all operations on one kernel. Safe to use from any thread.
class known_calls
{
public:
    [[nodiscard]] availability_table snapshot() const noexcept;
    void remember(method call, availability a) noexcept;

private:
    std::array<std::atomic<availability>, method_count> table_{};
};

/// The seam: every system call that the library makes to move bytes goes through here, one thin function a
/// call and no policy. EINTR is retried here and nowhere else. Tests replace it to say no in the kernel's place.
///
/// `at` is an explicit offset that is not advanced, or null for the descriptor's own position.
class kernel
{
public:
    virtual ~kernel() = default;

    // Questions
    virtual call_result status(int descriptor, file_status& to);
    virtual call_result access(int descriptor, file_access& to);
    virtual call_result position(int descriptor);
    virtual call_result ready(int source, int sink);
    virtual call_result look(int source);
    virtual call_result pipe_capacity(int end);
    /// How many bytes of a file from `offset` on can be had without waiting for a disk, as far as can be told: 0 if that
    /// is not known. A hint: pages come and go. Several calls; the monitor counts one.
    virtual call_result warm(int source, std::uint64_t offset, std::uint64_t length);
    /// Where the file has data at or after `offset`, or a hole; ENXIO if it has none. They move the descriptor's position.
    virtual call_result find_data(int file, std::uint64_t offset);
    virtual call_result find_hole(int file, std::uint64_t offset);
    /// Nanoseconds of a steady clock, never 0.
    virtual std::uint64_t now();

    // Transfers
    virtual call_result copy_file_range(int source, const std::uint64_t* at, int sink, std::uint64_t length);
    virtual call_result sendfile(int source, const std::uint64_t* at, int sink, std::uint64_t length);
    virtual call_result splice(int source, const std::uint64_t* at, int sink, std::uint64_t length);
    virtual call_result read(int source, const std::uint64_t* at, void* to, std::uint64_t length);
    /// EAGAIN if it would have to wait for a disk, or if that can't be told; 0 may come before the end.
    virtual call_result read_if_ready(int source, const std::uint64_t* at, void* to, std::uint64_t length);
    virtual call_result write(int sink, const void* from, std::uint64_t length);
    /// From a socket: as read, and cheaper.
    virtual call_result receive(int source, void* to, std::uint64_t length);
    /// To a socket, without SIGPIPE. With `more` it may hold back an incomplete segment until more is sent, or for 200 ms.
    virtual call_result send(int sink, const void* from, std::uint64_t length, bool more);
    /// Sends what a TCP socket holds back for more to come, unless the user has corked it.
    virtual call_result push(int sink);
    virtual call_result move_back(int source, std::uint64_t length);
    virtual call_result move_on(int file, std::uint64_t length);

    // Files; all three leave positions alone
    /// Lets the sink share a part of the source, if the file system can: all of it or an error.
    virtual call_result clone(int source, std::uint64_t from, int sink, std::uint64_t to, std::uint64_t length);
    /// Makes a hole, which reads as zeros, inside a file.
    virtual call_result punch(int sink, std::uint64_t offset, std::uint64_t length);
    /// Makes a file at least as large as that, never smaller.
    virtual call_result extend(int sink, std::uint64_t size);

    /// Half-close: the peer sees the end, and can still be read.
    virtual call_result shutdown_send(int sink);

    // Descriptors of the library's own
    virtual call_result open_pipe(int (&ends)[2]);
    virtual call_result resize_pipe(int end, std::size_t capacity);
    /// A descriptor that is ready when another is. `for_writing` says for what that is waited for, and afterwards for
    /// what this is to be.
    virtual call_result open_watch(int descriptor, bool& for_writing);
    virtual call_result duplicate(int descriptor);
    /// Opens the same file anew, for reading: with a position of its own, which a duplicate has not.
    virtual call_result reopen(int descriptor);
    virtual void close(int descriptor) noexcept;

    virtual call_result set_non_blocking(int descriptor);

    /// Does the system know this call at all? Asked with descriptors that can't exist, remembered in known().
    virtual bool probe(method call);

    [[nodiscard]] known_calls& known() noexcept { return known_; }

private:
    known_calls known_;
};

/// The kernel that operations use: the system's, unless a test has put another in its place.
[[nodiscard]] KERNEL_COPY_DECL kernel& current_kernel() noexcept;

/// Puts another kernel in place while it lives. For tests; operations that are running keep the one they have.
class kernel_replacement
{
public:
    explicit kernel_replacement(kernel& with) noexcept;
    kernel_replacement(const kernel_replacement&) = delete;
    kernel_replacement& operator=(const kernel_replacement&) = delete;
    ~kernel_replacement();

private:
    kernel* before_;
};

} // namespace kernel_copy::inline v0::detail

#endif

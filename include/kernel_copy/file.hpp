// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_FILE_HPP
#define KERNEL_COPY_FILE_HPP

#include <kernel_copy/detail/file_handle.hpp>
#include <kernel_copy/endpoint.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution_context.hpp>

#include <concepts>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace kernel_copy::inline v0 {

/// A file as a source or a sink, without io_uring. It owns its descriptor and has an executor, on which
/// operations between files complete.
///
/// Copies to sockets leave in it what they have found, for those that come after: how large it is, until it is closed, and
/// what of it is in memory, for 10 ms. Both are hints: a file that has become shorter since ends where it ends. What
/// another file's descriptor is put in place of (dup2(2)) is not noticed.
///
/// Opening, size(), resize() and seek() are plain system calls and can block on the disk. Descriptors are
/// close-on-exec. Distinct objects: safe; shared objects: unsafe.
///
/// The flags are those of Asio's file_base: read_only (what it is if none of these three is given), write_only and
/// read_write; append, create, exclusive, truncate and sync_all_on_write (O_APPEND and so on, open(2)). So are
/// seek_set, seek_cur and seek_end.
///
/// What takes no error_code throws boost::system::system_error; what takes one sets it, to none if all went well. A
/// file that is not open has EBADF for size(), resize() and seek(), and is closed without an error.
template <class Executor = boost::asio::any_io_executor>
class basic_file : public file_base
{
public:
    using executor_type = Executor; ///< of get_executor()
    using native_handle_type = int; ///< a file descriptor; on Windows one of the C library's

    /// A file with another executor. A copy from a `use_awaitable_t<>::as_default_on_t<file>` needs no token.
    template <class Other>
    struct rebind_executor
    {
        using other = basic_file<Other>; ///< what Asio asks for
    };

    /// Not open.
    explicit basic_file(const executor_type& executor) : executor_{executor} {}

    /// Not open, with the executor of an io_context, a thread_pool or another context that has one.
    template <class Context>
    requires std::convertible_to<Context&, boost::asio::execution_context&>
    explicit basic_file(Context& context) : executor_{context.get_executor()} {}

    /// Opens, as open() does; throws boost::system::system_error.
    basic_file(const executor_type& executor, const char* path, flags open_flags) : executor_{executor}
    {
        open(path, open_flags);
    }

    /// The same, with the executor of a context.
    template <class Context>
    requires std::convertible_to<Context&, boost::asio::execution_context&>
    basic_file(Context& context, const char* path, flags open_flags) : executor_{context.get_executor()}
    {
        open(path, open_flags);
    }

    /// Takes the descriptor over.
    basic_file(const executor_type& executor, native_handle_type descriptor) : executor_{executor}, handle_{descriptor}
    {}

    /// Where the handler of a copy from this file is called, if it has no executor of its own.
    [[nodiscard]] executor_type get_executor() const noexcept { return executor_; }
    /// Not after close() or release(), nor when it was moved from.
    [[nodiscard]] bool is_open() const noexcept { return handle_.get() != -1; }
    /// The descriptor, or -1.
    [[nodiscard]] native_handle_type native_handle() const noexcept { return handle_.get(); }

    /// open(2): a file that is created has the mode 0666, less the umask. On Windows CreateFileA, shared for
    /// reading, writing and deleting. An open file is not opened again: asio::error::already_open.
    void open(const char* path, flags open_flags) { detail::throw_if(handle_.open(path, open_flags), "open"); }
    /// The same, without an exception.
    void open(const char* path, flags open_flags, error_code& error) { error = handle_.open(path, open_flags); }

    /// After an error, which may be that of an earlier write (close(2)), the file is closed as well. The destructor
    /// closes too, and tells of no error.
    void close() { detail::throw_if(handle_.close(), "close"); }
    /// The same, without an exception.
    void close(error_code& error) { error = handle_.close(); }
    /// Gives the descriptor away, or -1. The file is not open after that.
    [[nodiscard]] native_handle_type release() noexcept { return handle_.release(); }

    /// Bytes; by fstat(2), 0 also for devices and most files of procfs.
    [[nodiscard]] std::uint64_t size() const
    {
        error_code error;
        const std::uint64_t bytes = handle_.size(error);
        detail::throw_if(error, "size");
        return bytes;
    }
    /// The same, without an exception; 0 if there is an error.
    [[nodiscard]] std::uint64_t size(error_code& error) const { return handle_.size(error); }

    /// Cuts the file, or adds zeros that take no space where the file system can (ftruncate(2)). The position stays.
    void resize(std::uint64_t bytes) { detail::throw_if(handle_.resize(bytes), "resize"); }
    /// The same, without an exception.
    void resize(std::uint64_t bytes, error_code& error) { error = handle_.resize(bytes); }

    /// Moves the position (lseek(2)); gives the new one, counted from the beginning in bytes.
    std::uint64_t seek(std::int64_t offset, seek_basis whence)
    {
        error_code error;
        const std::uint64_t position = handle_.seek(offset, whence, error);
        detail::throw_if(error, "seek");
        return position;
    }
    /// The same, without an exception; gives 0 if there is an error.
    std::uint64_t seek(std::int64_t offset, seek_basis whence, error_code& error)
    {
        return handle_.seek(offset, whence, error);
    }

private:
    friend struct endpoint_traits<basic_file>;

    executor_type executor_;
    detail::file_handle handle_{};
};

/// A file of any executor, as Asio's sockets are when none is named.
using file = basic_file<>;

template <class Executor>
struct endpoint_traits<basic_file<Executor>>
{
    static constexpr end_kind kind = end_kind::unknown;
    static int descriptor(basic_file<Executor>& f) noexcept { return f.native_handle(); }
    static detail::file_memory& memory_of(basic_file<Executor>& f) noexcept { return f.handle_.memory(); }
};

} // namespace kernel_copy::inline v0

#endif

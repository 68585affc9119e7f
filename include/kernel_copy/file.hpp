// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_FILE_HPP
#define KERNEL_COPY_FILE_HPP

#include <kernel_copy/detail/file_handle.hpp>
#include <kernel_copy/endpoint.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution_context.hpp>

#include <atomic>
#include <concepts>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace kernel_copy::inline v0 {

/// A file as a source or a sink, without io_uring. It owns its descriptor and has an executor, on which
/// operations between files complete.
///
/// Opening, size(), resize() and seek() are plain system calls and can block on the disk. Descriptors are
/// close-on-exec. Distinct objects: safe; shared objects: unsafe.
template <class Executor = boost::asio::any_io_executor>
class basic_file : public file_base
{
public:
    using executor_type = Executor;
    using native_handle_type = int;

    template <class Other>
    struct rebind_executor
    {
        using other = basic_file<Other>;
    };

    explicit basic_file(const executor_type& executor) : executor_{executor} {}

    template <class Context>
    requires std::convertible_to<Context&, boost::asio::execution_context&>
    explicit basic_file(Context& context) : executor_{context.get_executor()} {}

    /// Opens; throws boost::system::system_error.
    basic_file(const executor_type& executor, const char* path, flags open_flags) : executor_{executor}
    {
        open(path, open_flags);
    }

    template <class Context>
    requires std::convertible_to<Context&, boost::asio::execution_context&>
    basic_file(Context& context, const char* path, flags open_flags) : executor_{context.get_executor()}
    {
        open(path, open_flags);
    }

    /// Takes the descriptor over.
    basic_file(const executor_type& executor, native_handle_type descriptor) : executor_{executor}, handle_{descriptor}
    {}

    [[nodiscard]] executor_type get_executor() const noexcept { return executor_; }
    [[nodiscard]] bool is_open() const noexcept { return handle_.get() != -1; }
    /// The descriptor, or -1.
    [[nodiscard]] native_handle_type native_handle() const noexcept { return handle_.get(); }

    /// An open file is not opened again: asio::error::already_open.
    void open(const char* path, flags open_flags) { detail::throw_if(handle_.open(path, open_flags), "open"); }
    void open(const char* path, flags open_flags, error_code& error) { error = handle_.open(path, open_flags); }

    void close() { detail::throw_if(handle_.close(), "close"); }
    void close(error_code& error) { error = handle_.close(); }
    /// Gives the descriptor away.
    [[nodiscard]] native_handle_type release() noexcept { return handle_.release(); }

    /// Bytes.
    [[nodiscard]] std::uint64_t size() const
    {
        error_code error;
        const std::uint64_t bytes = handle_.size(error);
        detail::throw_if(error, "size");
        return bytes;
    }
    [[nodiscard]] std::uint64_t size(error_code& error) const { return handle_.size(error); }

    void resize(std::uint64_t bytes) { detail::throw_if(handle_.resize(bytes), "resize"); }
    void resize(std::uint64_t bytes, error_code& error) { error = handle_.resize(bytes); }

    /// Moves the position; gives the new one, counted from the beginning.
    std::uint64_t seek(std::int64_t offset, seek_basis whence)
    {
        error_code error;
        const std::uint64_t position = handle_.seek(offset, whence, error);
        detail::throw_if(error, "seek");
        return position;
    }
    std::uint64_t seek(std::int64_t offset, seek_basis whence, error_code& error)
    {
        return handle_.seek(offset, whence, error);
    }

private:
    friend struct endpoint_traits<basic_file>;

    executor_type executor_;
    detail::file_handle handle_{};
};

using file = basic_file<>;

template <class Executor>
struct endpoint_traits<basic_file<Executor>>
{
    static constexpr end_kind kind = end_kind::unknown;
    static int descriptor(basic_file<Executor>& f) noexcept { return f.native_handle(); }
    static std::atomic<std::uint64_t>& known_size(basic_file<Executor>& f) noexcept { return f.handle_.known_size(); }
};

} // namespace kernel_copy::inline v0

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_FILE_HANDLE_HPP
#define KERNEL_COPY_DETAIL_FILE_HANDLE_HPP

#include <kernel_copy/detail/config.hpp>
#include <kernel_copy/detail/file_memory.hpp>
#include <kernel_copy/error.hpp>

#include <cstdint>
#include <utility>

namespace kernel_copy::inline v0 {

/// The flags of basic_file, named as those of Asio's file_base.
class file_base
{
public:
    enum flags : unsigned
    {
        read_only = 1,
        write_only = 2,
        read_write = 4,
        append = 8,
        create = 16,
        exclusive = 32,
        truncate = 64,
        sync_all_on_write = 128
    };

    enum seek_basis
    {
        seek_set,
        seek_cur,
        seek_end
    };

    friend constexpr flags operator|(flags a, flags b) noexcept
    {
        return static_cast<flags>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
    }

protected:
    file_base() = default;
    ~file_base() = default;
};

namespace detail {

KERNEL_COPY_DECL void throw_if(const error_code& error, const char* what);

/// Owns a descriptor.
class KERNEL_COPY_DECL file_handle
{
public:
    explicit file_handle(int descriptor = -1) noexcept : descriptor_{descriptor} {}
    file_handle(file_handle&& other) noexcept : descriptor_{-1} { take(other); }
    file_handle& operator=(file_handle&& other) noexcept;
    ~file_handle();

    [[nodiscard]] int get() const noexcept { return descriptor_; }
    [[nodiscard]] int release() noexcept
    {
        memory_.forget();
        return std::exchange(descriptor_, -1);
    }

    [[nodiscard]] file_memory& memory() noexcept { return memory_; }

    error_code open(const char* path, file_base::flags open_flags);
    error_code close();
    std::uint64_t size(error_code& error) const;
    error_code resize(std::uint64_t bytes);
    std::uint64_t seek(std::int64_t offset, file_base::seek_basis whence, error_code& error);

private:
    void take(file_handle& other) noexcept
    {
        memory_.keep_size(other.memory_.size());
        memory_.keep_warm(other.memory_.warm());
        descriptor_ = other.release();
    }

    file_memory memory_{};
    int descriptor_;
};

} // namespace detail
} // namespace kernel_copy::inline v0

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_DUPLICATE_HPP
#define KERNEL_COPY_DETAIL_DUPLICATE_HPP

#include <kernel_copy/detail/config.hpp>
#include <kernel_copy/detail/kernel.hpp>

namespace kernel_copy::inline v0::detail {

/// A duplicate of a file's descriptor, for workers: it stays what it is when the user closes theirs.
class duplicate
{
public:
    explicit duplicate(kernel& k) noexcept : kernel_{k} {}
    duplicate(const duplicate&) = delete;
    duplicate& operator=(const duplicate&) = delete;
    ~duplicate() { close(); }

    /// Of this descriptor; -1 if none can be had.
    [[nodiscard]] int of(int descriptor);

    [[nodiscard]] bool is_open() const noexcept { return original_ != -1; }
    KERNEL_COPY_DECL void close() noexcept;

private:
    kernel& kernel_;
    int original_ = -1;
    int duplicate_ = -1;
};

} // namespace kernel_copy::inline v0::detail

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_REOPENED_HPP
#define KERNEL_COPY_DETAIL_REOPENED_HPP

#include <kernel_copy/detail/config.hpp>
#include <kernel_copy/detail/kernel.hpp>

namespace kernel_copy::inline v0::detail {

/// A file opened once more, to be searched for holes. That moves a descriptor's position, which a duplicate would share
/// with the user's descriptor and with all who copy from that at the same time.
class reopened
{
public:
    explicit reopened(kernel& k) noexcept : kernel_{k} {}
    reopened(const reopened&) = delete;
    reopened& operator=(const reopened&) = delete;
    ~reopened() { close(); }

    /// As `bytes`, the descriptor of what this one is open on. Opens it the first time, which may wait for a disk.
    [[nodiscard]] call_result of(int descriptor);

    [[nodiscard]] bool is_open() const noexcept { return original_ != -1; }
    KERNEL_COPY_DECL void close() noexcept;

private:
    kernel& kernel_;
    int original_ = -1;
    int reopened_ = -1;
};

} // namespace kernel_copy::inline v0::detail

#endif

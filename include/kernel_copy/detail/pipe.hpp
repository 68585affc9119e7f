// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_PIPE_HPP
#define KERNEL_COPY_DETAIL_PIPE_HPP

#include <kernel_copy/detail/kernel.hpp>

namespace kernel_copy::detail {

/// A pipe of the library's own: close-on-exec, non-blocking, closed with its owner.
class pipe
{
public:
    explicit pipe(kernel& k) noexcept : kernel_{k} {}
    pipe(const pipe&) = delete;
    pipe& operator=(const pipe&) = delete;
    ~pipe();

    call_result open() { return kernel_.open_pipe(ends_); }
    /// At most once. EPERM also if the pipes of this process have grown enough together.
    call_result resize(std::size_t capacity);

    [[nodiscard]] int read_end() const noexcept { return ends_[0]; }
    [[nodiscard]] int write_end() const noexcept { return ends_[1]; }

private:
    kernel& kernel_;
    int ends_[2] = {-1, -1};
    std::size_t grown_to_ = 0;
};

} // namespace kernel_copy::detail

#endif

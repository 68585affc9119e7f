// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/duplicate.hpp>

namespace kernel_copy::inline v0::detail {

int duplicate::of(int descriptor)
{
    if (descriptor == original_)
        return duplicate_;
    close();
    const call_result made = kernel_.duplicate(descriptor);
    if (made.error != 0)
        return -1;
    original_ = descriptor;
    return duplicate_ = static_cast<int>(made.bytes);
}

void duplicate::close() noexcept
{
    if (original_ != -1)
        kernel_.close(duplicate_);
    original_ = -1;
    duplicate_ = -1;
}

} // namespace kernel_copy::inline v0::detail

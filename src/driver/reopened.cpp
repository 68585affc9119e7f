// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/reopened.hpp>

namespace kernel_copy::inline v0::detail {

call_result reopened::of(int descriptor)
{
    if (descriptor == original_)
        return {.bytes = static_cast<std::uint64_t>(reopened_)};
    close();
    file_status expected{};
    file_status found{};
    if (const call_result known = kernel_.status(descriptor, expected); known.error != 0)
        return known;
    const call_result made = kernel_.reopen(descriptor);
    if (made.error != 0)
        return made;
    reopened_ = static_cast<int>(made.bytes);
    const call_result looked = kernel_.status(reopened_, found);
    original_ = descriptor;
    if (looked.error == 0 && found.device == expected.device && found.inode == expected.inode)
        return made;
    close();
    return {.bytes = 0, .error = looked.error != 0 ? looked.error : is_another_file};
}

void reopened::close() noexcept
{
    if (original_ != -1)
        kernel_.close(reopened_);
    original_ = -1;
    reopened_ = -1;
}

} // namespace kernel_copy::inline v0::detail

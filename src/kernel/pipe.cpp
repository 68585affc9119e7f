// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/pipe.hpp>

namespace kernel_copy::detail {

pipe::~pipe()
{
    for (const int end : ends_)
        if (end != -1)
            kernel_.close(end);
}

call_result pipe::open(std::size_t capacity)
{
    const call_result opened = kernel_.open_pipe(ends_);
    if (opened.error == 0 && capacity != 0)
        kernel_.resize_pipe(write_end(), capacity); // best effort: users have a limit on the pages of their pipes
    return opened;
}

} // namespace kernel_copy::detail

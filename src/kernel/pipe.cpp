// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/pipe.hpp>

namespace kernel_copy::detail {

pipe::~pipe()
{
    for (const int end : ends_)
        if (end != -1)
            kernel_.close(end);
}

} // namespace kernel_copy::detail

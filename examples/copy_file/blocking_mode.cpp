// Distributed under the Boost Software License, Version 1.0.
#include "blocking_mode.hpp"

#include <fcntl.h>

namespace kernel_copy::example {

blocking_mode::blocking_mode(int descriptor) noexcept : descriptor_{descriptor}, flags_{::fcntl(descriptor, F_GETFL)} {}

blocking_mode::~blocking_mode()
{
    const int now = ::fcntl(descriptor_, F_GETFL);
    if (flags_ != -1 && now != -1 && ((flags_ ^ now) & O_NONBLOCK) != 0)
        ::fcntl(descriptor_, F_SETFL, now ^ O_NONBLOCK);
}

} // namespace kernel_copy::example

// Distributed under the Boost Software License, Version 1.0.
#include "start_copy.hpp"

template void soak::start_copy_from(reading&, memory_in_front&, own_stream&, end&, const kernel_copy::copy_options&,
                                    copy_completion);

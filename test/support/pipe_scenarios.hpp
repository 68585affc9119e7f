// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_PIPE_SCENARIOS_HPP
#define KERNEL_COPY_TEST_SUPPORT_PIPE_SCENARIOS_HPP

#include <support/script.hpp>

namespace kernel_copy::test {

inline scenario socket_to_socket()
{
    return between(end_kind::stream_socket, end_kind::stream_socket);
}

/// Through a pipe or not at all.
inline scenario without_buffer()
{
    scenario s = socket_to_socket();
    s.setup.methods = {method::splice_through_pipe};
    return s;
}

} // namespace kernel_copy::test

#endif

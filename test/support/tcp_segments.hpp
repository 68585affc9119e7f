// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_TCP_SEGMENTS_HPP
#define KERNEL_COPY_TEST_SUPPORT_TCP_SEGMENTS_HPP

namespace test {

/// How many segments with data a TCP socket has sent.
[[nodiscard]] unsigned data_segments_sent(int socket);

} // namespace test

#endif

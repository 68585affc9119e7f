// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_STREAM_SCENARIOS_HPP
#define KERNEL_COPY_TEST_SUPPORT_STREAM_SCENARIOS_HPP

#include <support/script.hpp>

namespace kernel_copy::test {

inline constexpr std::uint64_t buffer = 64 * 1024;

inline scenario streams()
{
    return between(end_kind::stream, end_kind::stream);
}

/// A first half is written out while a read into the second is under way.
inline script& with_both_under_way(script& s, std::uint64_t in_flight)
{
    return s.expect(read_source(buffer))
        .begins()
        .expect(await)
        .source_gives(in_flight)
        .expect(write_buffer(in_flight))
        .begins()
        .expect(read_source(buffer, 1))
        .begins()
        .expect(await);
}

} // namespace kernel_copy::test

#endif

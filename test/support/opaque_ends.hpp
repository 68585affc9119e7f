// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_OPAQUE_ENDS_HPP
#define KERNEL_COPY_TEST_SUPPORT_OPAQUE_ENDS_HPP

#include "ends.hpp"
#include "opaque_stream.hpp"

namespace test {

inline std::pair<opaque_stream, opaque_stream> opaque_pair(asio::io_context& io)
{
    auto ends = local_pair(io);
    return {opaque_stream{std::move(ends.first)}, opaque_stream{std::move(ends.second)}};
}

using opaque_source = fed_source<opaque_pair>;
using opaque_sink = collecting_sink<opaque_pair>;

} // namespace test

#endif

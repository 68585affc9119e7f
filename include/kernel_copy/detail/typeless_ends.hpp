// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_TYPELESS_ENDS_HPP
#define KERNEL_COPY_DETAIL_TYPELESS_ENDS_HPP

#include <kernel_copy/detail/progress.hpp>
#include <kernel_copy/end_kind.hpp>
#include <kernel_copy/error.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace boost::asio {
class execution_context;
}

namespace kernel_copy::inline v0::detail {

// What the compiled part of the library knows of the ends of a copy.

class file_memory;

/// A sink's own write buffer, without its type. Writes out what it can without blocking; gives the bytes that
/// have left the buffer, and EAGAIN as an error while some are left.
struct flush_ref
{
    void* object = nullptr;
    std::size_t (*flush)(void* object, error_code& error) = nullptr;
};

/// The source, without its type.
struct source_end
{
    end_kind kind = end_kind::unknown;
    bool must_be_made_non_blocking = false; ///< nobody else has done it
    std::span<const source_layer> layers{};
    std::uint64_t* position = nullptr; ///< of an explicit range, whose length is the innermost limit
    file_memory* memory = nullptr;     ///< the library's own file has it
};

/// The sink, without its type.
struct sink_end
{
    end_kind kind = end_kind::unknown;
    bool must_be_made_non_blocking = false;
    std::span<const flush_ref> buffers{}; ///< outermost first
};

/// Where pipes and workers come from: asked for only when one is needed.
struct context_ref
{
    void* object = nullptr;
    boost::asio::execution_context& (*find)(void* object) = nullptr;
};

/// The two descriptors as they are now; -1 for an end that has none, or that has been closed.
struct descriptor_pair
{
    int source = -1;
    int sink = -1;
};

} // namespace kernel_copy::inline v0::detail

#endif

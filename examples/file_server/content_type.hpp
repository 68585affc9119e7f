// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_EXAMPLE_CONTENT_TYPE_HPP
#define KERNEL_COPY_EXAMPLE_CONTENT_TYPE_HPP

#include <string_view>

namespace kernel_copy::example {

/// By the extension.
std::string_view content_type(std::string_view name);

} // namespace kernel_copy::example

#endif

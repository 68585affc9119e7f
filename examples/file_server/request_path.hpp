// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_EXAMPLE_REQUEST_PATH_HPP
#define KERNEL_COPY_EXAMPLE_REQUEST_PATH_HPP

#include <optional>
#include <string>
#include <string_view>

namespace kernel_copy::example {

/// The path that a request's target names, decoded and relative ("." for the root); nothing if the target is
/// none, or names what no file can be called. It may still contain "..".
std::optional<std::string> path_of_target(std::string_view target);

} // namespace kernel_copy::example

#endif

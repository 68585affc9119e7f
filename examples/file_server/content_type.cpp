// Distributed under the Boost Software License, Version 1.0.
#include "content_type.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace kernel_copy::example {

std::string_view content_type(std::string_view name)
{
    using entry = std::pair<std::string_view, std::string_view>;
    static constexpr std::array<entry, 17> types = {{
        {"css", "text/css; charset=utf-8"},
        {"csv", "text/csv; charset=utf-8"},
        {"gif", "image/gif"},
        {"gz", "application/gzip"},
        {"htm", "text/html; charset=utf-8"},
        {"html", "text/html; charset=utf-8"},
        {"jpeg", "image/jpeg"},
        {"jpg", "image/jpeg"},
        {"js", "text/javascript; charset=utf-8"},
        {"json", "application/json"},
        {"mp4", "video/mp4"},
        {"pdf", "application/pdf"},
        {"png", "image/png"},
        {"svg", "image/svg+xml"},
        {"txt", "text/plain; charset=utf-8"},
        {"wasm", "application/wasm"},
        {"zip", "application/zip"},
    }};
    const std::string_view file = name.substr(name.rfind('/') + 1); // npos + 1 is 0
    const auto dot = file.rfind('.');
    const std::string_view extension = dot == std::string_view::npos ? std::string_view{} : file.substr(dot + 1);
    const auto found = std::find_if(types.begin(), types.end(),
                                    [&](const entry& e) { return boost::beast::iequals(e.first, extension); });
    return found == types.end() ? "application/octet-stream" : found->second;
}

} // namespace kernel_copy::example

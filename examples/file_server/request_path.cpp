// Distributed under the Boost Software License, Version 1.0.
#include "request_path.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace kernel_copy::example {

namespace urls = boost::urls;

std::optional<std::string> path_of_target(std::string_view target)
{
    auto url = urls::parse_origin_form(target);
    if (!url)
        url = urls::parse_absolute_uri(target); // what a client says to a proxy, and may say to a server
    if (!url || !url->is_path_absolute())
        return std::nullopt;

    std::string path = ".";
    for (const std::string_view encoded : url->encoded_segments())
    {
        const std::string segment = urls::pct_string_view{encoded}.decode();
        if (segment.find('/') != std::string::npos || segment.find('\0') != std::string::npos)
            return std::nullopt;
        path += '/' + segment;
    }
    return path;
}

} // namespace kernel_copy::example

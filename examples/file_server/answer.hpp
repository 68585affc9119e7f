// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_EXAMPLE_ANSWER_HPP
#define KERNEL_COPY_EXAMPLE_ANSWER_HPP

#include "document_root.hpp"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace kernel_copy::example {

using http_request = boost::beast::http::request<boost::beast::http::empty_body>;

/// What goes back for one request: bytes in memory, and perhaps a range of a file behind them.
struct answer
{
    std::string head; ///< the header, and the body if that is a short text
    std::optional<file> content{};
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};

/// For a request whose header is well formed. keep_alive says what the answer tells the client.
answer answer_request(const http_request& request, const document_root& root, bool keep_alive);

/// For one that could not be parsed. Nothing if it is no use to answer: the client is gone.
std::optional<answer> answer_bad_request(const error_code& parse_error);

} // namespace kernel_copy::example

#endif

// Distributed under the Boost Software License, Version 1.0.
#include "answer.hpp"

#include "byte_range.hpp"
#include "content_type.hpp"
#include "request_path.hpp"

#include <boost/beast/http/error.hpp>
#include <boost/beast/http/serializer.hpp>

#include <array>
#include <cerrno>
#include <ctime>

namespace kernel_copy::example {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using header = http::response<http::empty_body>;

std::string date_now()
{
    const std::time_t now = std::time(nullptr);
    std::tm parts = {};
    ::gmtime_r(&now, &parts);
    std::array<char, 64> text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

std::string serialise(header& response)
{
    std::string text;
    http::response_serializer<http::empty_body> serializer{response};
    error_code error;
    while (!serializer.is_header_done() && !error)
        serializer.next(error, [&](error_code&, const auto& buffers) {
            for (auto at = asio::buffer_sequence_begin(buffers); at != asio::buffer_sequence_end(buffers); ++at)
            {
                const asio::const_buffer piece{*at};
                text.append(static_cast<const char*>(piece.data()), piece.size());
            }
            serializer.consume(asio::buffer_size(buffers));
        });
    return text;
}

header begin(http::status status, bool keep_alive)
{
    header response{status, 11};
    response.set(http::field::server, "kernel_copy file_server");
    response.set(http::field::date, date_now());
    response.keep_alive(keep_alive);
    return response;
}

answer short_answer(header response, bool is_head)
{
    std::string text{http::obsolete_reason(response.result())};
    text += '\n';
    response.set(http::field::content_type, "text/plain; charset=utf-8");
    response.content_length(text.size());
    return {.head = serialise(response) + (is_head ? "" : text)};
}

http::status status_of(const error_code& error)
{
    switch (error.value())
    {
    case EACCES:
    case EPERM:
        return http::status::forbidden;
    case ENOENT:
    case ENOTDIR:
    case EXDEV: // a way out of the root: not even whether something is there is told
    case ELOOP:
    case ENAMETOOLONG:
    case ENXIO: // a socket
        return http::status::not_found;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case EAGAIN:
        return http::status::service_unavailable;
    default:
        return http::status::internal_server_error;
    }
}

answer send_document(const http_request& request, document found, bool keep_alive)
{
    // If-Range asks for a validator to be compared; this server gives none out, so it never matches.
    const bool ranged = request.method() == http::verb::get && request.count(http::field::if_range) == 0;
    const byte_range range = parse_range(ranged ? request[http::field::range] : "", found.size);
    const std::string size = std::to_string(found.size);
    if (range.kind == byte_range::answer::unsatisfiable)
    {
        header response = begin(http::status::range_not_satisfiable, keep_alive);
        response.set(http::field::content_range, "bytes */" + size);
        return short_answer(std::move(response), false);
    }

    const bool part = range.kind == byte_range::answer::part;
    header response = begin(part ? http::status::partial_content : http::status::ok, keep_alive);
    response.set(http::field::content_type, content_type(found.name));
    response.set(http::field::accept_ranges, "bytes");
    response.content_length(range.length);
    if (part)
        response.set(http::field::content_range, "bytes " + std::to_string(range.offset) + '-' +
                                                     std::to_string(range.offset + range.length - 1) + '/' + size);
    answer result{.head = serialise(response)};
    if (request.method() != http::verb::head)
    {
        result.content = std::move(found.content);
        result.offset = range.offset;
        result.length = range.length;
    }
    return result;
}

} // namespace

answer answer_request(const http_request& request, const document_root& root, bool keep_alive)
{
    const bool is_head = request.method() == http::verb::head;
    const auto fail = [&](http::status status) { return short_answer(begin(status, keep_alive), is_head); };
    if (request.method() == http::verb::unknown)
        return fail(http::status::not_implemented);
    if (!is_head && request.method() != http::verb::get)
    {
        header response = begin(http::status::method_not_allowed, keep_alive);
        response.set(http::field::allow, "GET, HEAD");
        return short_answer(std::move(response), false);
    }
    if (request.version() == 11 && request.count(http::field::host) != 1)
        return fail(http::status::bad_request);
    const auto path = path_of_target(request.target());
    if (!path)
        return fail(http::status::bad_request);

    error_code error;
    document found = root.open(*path, error);
    return error ? fail(status_of(error)) : send_document(request, std::move(found), keep_alive);
}

std::optional<answer> answer_bad_request(const error_code& parse_error)
{
    const auto fail = [](http::status status) { return short_answer(begin(status, false), false); };
    if (parse_error == http::error::header_limit || parse_error == http::error::buffer_overflow)
        return fail(http::status::request_header_fields_too_large);
    if (parse_error == http::error::bad_version)
        return fail(http::status::http_version_not_supported);
    const bool client_gone = parse_error == http::error::end_of_stream || parse_error == http::error::partial_message;
    if (client_gone || parse_error.category() != http::make_error_code(http::error::bad_method).category())
        return std::nullopt;
    return fail(http::status::bad_request);
}

} // namespace kernel_copy::example

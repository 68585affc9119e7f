// Distributed under the Boost Software License, Version 1.0.
#include "address.hpp"

#include "../common/command_line.hpp"
#include "../common/endpoint.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <optional>
#include <sstream>
#include <string_view>

namespace kernel_copy::example {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using local = asio::local::stream_protocol;

std::optional<local::endpoint> parse_unix(std::string_view text)
{
    constexpr std::string_view prefix = "unix:";
    if (!text.starts_with(prefix))
        return std::nullopt;
    const std::string_view path = text.substr(prefix.size());
    if (path.empty())
        throw usage_error{"no path: " + std::string{text}};
    try
    {
        return local::endpoint{path};
    }
    catch (const boost::system::system_error& e)
    {
        throw usage_error{e.code().message() + ": " + std::string{text}};
    }
}

// Digits and dots alone are an address, though perhaps a bad one.
bool is_host_name(std::string_view host)
{
    const auto is = [](auto what) { return [what](char c) { return what(static_cast<unsigned char>(c)) != 0; }; };
    return std::ranges::any_of(host, is([](int c) { return std::isalpha(c); })) &&
           std::ranges::all_of(host, is([](int c) { return std::isalnum(c) || c == '.' || c == '-' || c == '_'; }));
}

std::vector<endpoint> look_up(const std::string& text, const host_and_port& name)
{
    asio::io_context io{1};
    tcp::resolver resolver{io};
    boost::system::error_code error;
    const auto found = resolver.resolve(std::string{name.host}, std::to_string(name.port), error);
    if (error)
        throw boost::system::system_error{error, text};
    std::vector<endpoint> endpoints;
    for (const auto& entry : found)
        endpoints.emplace_back(entry.endpoint());
    return endpoints;
}

std::optional<tcp::endpoint> tcp_endpoint(const endpoint& e)
{
    tcp::endpoint result;
    if (!is_tcp(e) || e.size() > result.capacity())
        return std::nullopt;
    std::memcpy(result.data(), e.data(), e.size());
    return result;
}

} // namespace

endpoint parse_listen_address(const std::string& text)
{
    if (const auto path = parse_unix(text))
        return *path;
    return parse_endpoint(text);
}

upstream parse_upstream(const std::string& text)
{
    if (const auto path = parse_unix(text))
        return {text, {*path}};
    const host_and_port name = split_endpoint(text);
    if (name.port == 0)
        throw usage_error{"a port is needed: " + text};
    if (is_host_name(name.host))
        return {text, look_up(text, name)};
    return {text, {parse_endpoint(text)}};
}

std::string to_string(const endpoint& e)
{
    std::ostringstream out;
    if (const auto address = tcp_endpoint(e))
        out << *address;
    else
        out << "unix:" << path_of(e);
    return out.str();
}

} // namespace kernel_copy::example

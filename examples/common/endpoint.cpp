// Distributed under the Boost Software License, Version 1.0.
#include "endpoint.hpp"

#include "command_line.hpp"

#include <boost/asio/ip/address.hpp>

#include <charconv>
#include <string>

namespace kernel_copy::example {

namespace ip = boost::asio::ip;

namespace {

usage_error not_an_endpoint(std::string_view text)
{
    return usage_error{"not an ADDR:PORT: " + std::string{text}};
}

} // namespace

host_and_port split_endpoint(std::string_view text)
{
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos)
        throw not_an_endpoint(text);
    const std::string_view digits = text.substr(colon + 1);
    std::uint16_t port = 0;
    const auto [end, failure] = std::from_chars(digits.begin(), digits.end(), port);
    if (digits.empty() || failure != std::errc{} || end != digits.end())
        throw not_an_endpoint(text);
    return {text.substr(0, colon), port};
}

ip::tcp::endpoint parse_endpoint(std::string_view text)
{
    auto [host, port] = split_endpoint(text);

    // An IPv6 address has colons of its own: only brackets tell it from the port.
    boost::system::error_code error;
    if (host.starts_with('[') && host.ends_with(']'))
    {
        host = host.substr(1, host.size() - 2);
        const auto address = ip::make_address_v6(std::string{host}, error);
        if (!error)
            return {address, port};
        throw not_an_endpoint(text);
    }
    const auto address = ip::make_address_v4(std::string{host}, error);
    if (error)
        throw not_an_endpoint(text);
    return {address, port};
}

} // namespace kernel_copy::example

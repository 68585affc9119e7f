// Distributed under the Boost Software License, Version 1.0.
#include "settings.hpp"

#include <boost/program_options/value_semantic.hpp>

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace kernel_copy::example {

namespace {

namespace po = boost::program_options;
using std::chrono::nanoseconds;

constexpr const char* details =
    "Passes connections on, both directions inside the kernel, and the end of each by itself.\n"
    "LISTEN is ADDR:PORT, [ADDR]:PORT or unix:PATH; UPSTREAM as well, or NAME:PORT, looked up once, at the start.\n"
    "S are seconds, such as 0.5. 0 means no limit.\n"
    "--plain has no --idle-timeout, --half-close-timeout and --rate.\n"
    "SIGTERM or SIGINT: accepts no more and ends with the last connection; a second one resets those that are left.\n"
    "SIGUSR1: prints the statistics.\n";

std::optional<std::uint64_t> parse_count(std::string_view text)
{
    std::uint64_t value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

std::optional<std::uint64_t> parse_rate(std::string_view text)
{
    constexpr std::string_view suffixes = "KMG";
    unsigned shift = 0;
    if (const auto i = text.empty() ? text.npos : suffixes.find(text.back()); i != text.npos)
    {
        shift = static_cast<unsigned>(i + 1) * 10;
        text.remove_suffix(1);
    }
    const auto value = parse_count(text);
    if (!value || *value > std::numeric_limits<std::uint64_t>::max() >> shift)
        return std::nullopt;
    return *value << shift;
}

std::optional<nanoseconds> parse_seconds(std::string_view text)
{
    constexpr double most = 1e9; // what a clock can still add to its time
    double value = 0;
    const auto [end, failure] =
        std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    if (failure != std::errc{} || end != text.data() + text.size() || !(value >= 0 && value <= most))
        return std::nullopt;
    return nanoseconds{static_cast<nanoseconds::rep>(std::ceil(value * 1e9))};
}

/// The value of an option, or a usage_error.
template <class Parser>
auto option(const command_line& line, const char* name, Parser parser, const char* what)
{
    const std::string& text = line.options[name].as<std::string>();
    if (const auto value = parser(text))
        return *value;
    throw usage_error{std::string{"--"} + name + ": not " + what + ": " + text};
}

nanoseconds seconds(const command_line& line, const char* name)
{
    return option(line, name, parse_seconds, "a number of seconds");
}

std::size_t count(const command_line& line, const char* name, std::uint64_t least, std::uint64_t most)
{
    const auto value = option(line, name, parse_count, "a number");
    if (value < least || value > most)
        throw usage_error{std::string{"--"} + name + ": not from " + std::to_string(least) + " to " +
                          std::to_string(most)};
    return value;
}

// The plain loop has no limits to obey: better refused than ignored.
void refuse_limits_of_plain_loop(const command_line& line)
{
    for (const char* name : {"idle-timeout", "half-close-timeout", "rate"})
        if (!line.options[name].defaulted())
            throw usage_error{std::string{"--plain has no --"} + name};
}

} // namespace

program_description describe_tcp_relay()
{
    program_description about{
        .name = "tcp_relay", .arguments = {"LISTEN", "UPSTREAM"}, .details = details, .periodic_statistics = true};
    const auto text = [](const char* default_value) {
        return po::value<std::string>()->value_name("N")->default_value(default_value);
    };
    const auto duration = [&](const char* default_value) { return text(default_value)->value_name("S"); };
    auto add = about.options.add_options();
    add("threads", text("1"), "threads that serve connections, each with its own share of them");
    add("idle-timeout", duration("0"), "close a connection when nothing has moved for this long, in either direction");
    add("half-close-timeout", duration("60"),
        "close a connection when one side has ended and nothing has moved for this long");
    add("connect-timeout", duration("10"), "give up an upstream that does not answer");
    add("rate", text("0")->value_name("BYTES"),
        "bytes a second for each direction of a connection; K, M and G are 1024, its square and its cube");
    add("max-connections", text("0"), "accept no more while this many are open, all threads together");
    add("drain-timeout", duration("30"),
        "after SIGTERM or SIGINT, reset the connections that are left after this long");
    return about;
}

relay_settings parse_settings(const command_line& line)
{
    relay_settings settings;
    settings.threads = count(line, "threads", 1, 1024);
    settings.idle_timeout = seconds(line, "idle-timeout");
    settings.half_close_timeout = seconds(line, "half-close-timeout");
    settings.connect_timeout = seconds(line, "connect-timeout");
    settings.drain_timeout = seconds(line, "drain-timeout");
    settings.bytes_per_second = option(line, "rate", parse_rate, "a number of bytes");
    settings.max_connections = count(line, "max-connections", 0, 1'000'000);
    settings.statistics = line.statistics;
    if (settings.statistics)
        settings.statistics_period = seconds(line, "stats");
    settings.plain = line.plain;
    if (settings.plain)
        refuse_limits_of_plain_loop(line);
    settings.listen_at = parse_listen_address(line.arguments[0]);
    settings.to = parse_upstream(line.arguments[1]); // last, because a name may take a while
    return settings;
}

} // namespace kernel_copy::example

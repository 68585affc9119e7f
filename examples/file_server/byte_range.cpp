// Distributed under the Boost Software License, Version 1.0.
#include "byte_range.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

namespace kernel_copy::example {

namespace {

/// Digits only; what is too large for the type is as large as the type allows.
std::optional<std::uint64_t> number(std::string_view digits)
{
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (digits.empty() || !std::all_of(digits.begin(), digits.end(), is_digit))
        return std::nullopt;
    std::uint64_t value = 0;
    const auto result = std::from_chars(digits.begin(), digits.end(), value);
    return result.ec == std::errc{} ? value : std::numeric_limits<std::uint64_t>::max();
}

} // namespace

byte_range parse_range(std::string_view header, std::uint64_t size)
{
    using answer = byte_range::answer;
    const byte_range whole{.kind = answer::whole, .offset = 0, .length = size};
    constexpr std::string_view unit = "bytes=";
    if (!header.starts_with(unit))
        return whole;
    const std::string_view spec = header.substr(unit.size());
    const auto dash = spec.find('-');
    if (dash == std::string_view::npos)
        return whole;

    const auto last = number(spec.substr(dash + 1));
    if (dash == 0) // the last n bytes
    {
        if (!last)
            return whole;
        const std::uint64_t length = std::min(*last, size);
        return length == 0 ? byte_range{.kind = answer::unsatisfiable}
                           : byte_range{.kind = answer::part, .offset = size - length, .length = length};
    }
    const auto first = number(spec.substr(0, dash));
    const bool open_end = dash + 1 == spec.size();
    if (!first || (!open_end && (!last || *last < *first)))
        return whole;
    if (*first >= size)
        return {.kind = answer::unsatisfiable};
    const std::uint64_t end = open_end ? size - 1 : std::min(*last, size - 1);
    return {.kind = answer::part, .offset = *first, .length = end - *first + 1};
}

} // namespace kernel_copy::example

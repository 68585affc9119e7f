// Distributed under the Boost Software License, Version 1.0.
#include "copy_input.hpp"

#include <support/endless.hpp>
#include <support/scenario.hpp>

#include <algorithm>

namespace kernel_copy::test {

namespace {

constexpr std::array sources{form::socket, form::pipe, form::file, form::opaque, form::range};
constexpr std::array sinks{form::socket, form::pipe, form::file, form::opaque};
constexpr std::array wrappings{wrapping::none, wrapping::limited, wrapping::owed};
constexpr std::array disks{disk::inline_, disk::when_cold, disk::always};
constexpr std::array all_methods{method::copy_file_range, method::sendfile, method::splice, method::splice_through_pipe,
                                 method::buffer};

constexpr std::uint64_t most_said = 200'000;
constexpr std::uint64_t most_turns = 64; ///< to move everything, if nothing else hinders

const ::test::endless words{1};
const ::test::endless words_before{2};

/// Pages of zeros, which are holes where a file has this content.
void make_holes(decisions& from, std::string& content)
{
    constexpr std::size_t unit = 4096;
    for (unsigned bits = from.byte(); bits != 0; bits >>= 1)
        if ((bits & 1) != 0)
        {
            const std::size_t at = std::min(from.below(64) * unit, content.size());
            std::fill_n(content.begin() + static_cast<std::ptrdiff_t>(at), std::min(4 * unit, content.size() - at),
                        '\0');
        }
}

} // namespace

copy_options decide_options(decisions& from, std::uint64_t in_all)
{
    const std::uint64_t least = in_all / most_turns + 1;
    copy_options options{};
    if (const unsigned bits = from.byte(); bits >= 128)
        for (const method m : all_methods)
            if ((bits >> static_cast<unsigned>(m) & 1) != 0)
                options.methods = options.methods.without(m);
    options.page_sharing = from.below(4) == 3 ? page_sharing::forbid : page_sharing::allow;
    options.disk = from.pick(disks);
    if (from.flag())
        options.turn_budget = from.number(least, options.turn_budget);
    if (from.flag())
        options.buffer_size = static_cast<std::size_t>(from.number(least, 4 * options.buffer_size));
    options.pipe_capacity = static_cast<std::size_t>(from.number(0, options.pipe_capacity));
    return options;
}

copy_input decide_copy_input(decisions& from)
{
    copy_input input{};
    input.source = from.pick(sources);
    input.sink = from.pick(sinks);
    if (input.source != form::opaque)
        input.around = from.pick(wrappings);
    const unsigned bits = from.byte();
    input.over_tcp = (bits & 3) == 3;
    input.small_sink = (bits & 4) != 0;
    input.appends = (bits & 24) == 24;
    input.said = words.copy(0, from.number(0, most_said));
    if (input.from_file())
    {
        make_holes(from, input.said);
        input.offset = from.number(0, input.said.size() + 1);
    }
    const std::uint64_t rest = input.said.size() - std::min<std::uint64_t>(input.offset, input.said.size());
    input.range_length = from.flag() ? from.near(rest) : no_limit;
    if (input.around != wrapping::none)
    {
        input.prefix = words_before.copy(0, from.number(0, 10'000));
        input.inner = from.flag() ? from.near(rest) : from.number();
        input.outer = from.flag() ? from.near(rest + input.prefix.size()) : from.number();
        if (input.around == wrapping::limited && from.flag())
            input.outer = no_limit;
    }
    if (input.sink == form::file)
    {
        input.sink_held = from.number(0, 20'000);
        input.sink_at = from.number(0, input.sink_held);
    }
    input.options = decide_options(from, rest + input.prefix.size());
    return input;
}

std::string copy_input::promised(std::uint64_t source_gives) const
{
    std::string line = prefix;
    if (around == wrapping::limited)
        source_gives = std::min(source_gives, inner);
    if (source == form::range)
        source_gives = std::min(source_gives, range_length);
    if (offset < said.size())
        line += std::string_view{said}.substr(offset, source_gives);
    if (around != wrapping::none)
        line.resize(std::min<std::uint64_t>(line.size(), outer));
    return line;
}

std::string describe(const copy_options& options)
{
    std::string said = "budget " + std::to_string(options.turn_budget) + ", buffer " +
                       std::to_string(options.buffer_size) + ", pipe " + std::to_string(options.pipe_capacity) +
                       ", disk " + std::to_string(static_cast<int>(options.disk)) +
                       (options.page_sharing == page_sharing::forbid ? ", shares no pages" : "") + ", methods";
    for (const method m : all_methods)
        if (options.methods.contains(m))
            said += std::string{" "} + to_string(m);
    return said;
}

std::string describe(const copy_input& input)
{
    static const char* const forms[] = {"socket", "pipe", "file", "opaque", "range"};
    const auto text = [](std::uint64_t n) { return n == no_limit ? std::string{"all"} : std::to_string(n); };
    std::string said = std::string{forms[static_cast<int>(input.source)]} + " of " + text(input.said.size()) +
                       " from " + text(input.offset);
    if (input.source == form::range)
        said += ", range of " + text(input.range_length);
    if (input.around == wrapping::limited)
        said +=
            "; take " + text(input.outer) + ", prefixed " + text(input.prefix.size()) + ", take " + text(input.inner);
    if (input.around == wrapping::owed)
        said += "; exactly " + text(input.outer) + ", prefixed " + text(input.prefix.size());
    said += std::string{"\nto "} + forms[static_cast<int>(input.sink)] + (input.over_tcp ? ", over tcp" : "") +
            (input.small_sink ? ", small" : "") + (input.appends ? ", appends" : "");
    if (input.sink == form::file)
        said += " of " + text(input.sink_held) + " at " + text(input.sink_at);
    return said + "\n" + describe(input.options);
}

} // namespace kernel_copy::test

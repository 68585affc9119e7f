// Distributed under the Boost Software License, Version 1.0.
#include "engine_input.hpp"

#include <support/injections.hpp>

#include <algorithm>

namespace kernel_copy::test {

namespace {

using detail::availability;
using detail::is_file;

constexpr std::array kinds{end_kind::unknown, end_kind::regular_file, end_kind::block_device, end_kind::stream_socket,
                           end_kind::pipe,    end_kind::other,        end_kind::stream};
constexpr std::array disks{kernel_copy::disk::inline_, kernel_copy::disk::when_cold, kernel_copy::disk::always};
constexpr std::array orders{first_answer::sink, first_answer::source, first_answer::alternating};
constexpr std::array warmths{warmth::all, warmth::none, warmth::every_other, warmth::a_part};

constexpr std::uint64_t most_held = 64 * 1024 * 1024;
constexpr std::uint64_t most_at_once = 64; ///< steps to move everything, if nothing else hinders

method_set decide_methods(decisions& from)
{
    const unsigned bits = from.byte();
    method_set methods{};
    if (bits < 128) // all of them
        return methods;
    for (const method m :
         {method::copy_file_range, method::sendfile, method::splice, method::splice_through_pipe, method::buffer})
        if ((bits >> static_cast<unsigned>(m) & 1) != 0)
            methods = methods.without(m);
    return methods;
}

detail::availability_table decide_known_calls(decisions& from)
{
    detail::availability_table table{};
    unsigned said = from.byte();
    for (const method call : {method::copy_file_range, method::sendfile, method::splice}) // the others are no calls
    {
        table[static_cast<std::size_t>(call)] = static_cast<availability>(said % 3);
        said /= 3;
    }
    return table;
}

layer_spec decide_layer(decisions& from, std::uint64_t source_holds)
{
    switch (from.below(6))
    {
    case 0:
        return take(from.near(source_holds));
    case 1:
        return exactly(from.near(source_holds));
    case 2:
        return take(from.number());
    case 3:
        return exactly(from.number());
    case 4:
        return take(no_limit);
    default:
        return prefixed(static_cast<std::size_t>(from.number(0, 20'000)));
    }
}

// What the survey of a copy's ends would find out: not all that it finds is true, but all fits together.
void decide_source(decisions& from, engine_input& to)
{
    detail::end_facts& source = to.of.setup.source;
    const bool regular = source.kind == end_kind::regular_file;
    const bool ranged = is_file(source.kind) && from.flag();
    const std::uint64_t position = regular || ranged ? from.number() : 0;
    const std::uint64_t size = from.below(4) == 0 ? from.number() : position + to.source_holds;
    if (regular)
        source.size = size;
    if (ranged)
        to.of.position = position;
    if (ranged || (regular && size != 0))
        source.position = position;
    to.of.setup.has_range = ranged;
    to.of.setup.range_length = no_limit;
    if (ranged && from.flag())
    {
        to.of.setup.range_length = from.near(to.source_holds);
        to.of.layers.push_back(exactly(to.of.setup.range_length));
    }
    source.has_holes = regular && from.flag();
    for (std::uint64_t at = position; source.has_holes && to.of.holes.size() != 3 && from.flag();)
    {
        const hole_spec hole{.begin = at + from.number(), .end = at + from.number()};
        if (hole.begin >= hole.end)
            break;
        to.of.holes.push_back(hole);
        at = hole.end + 1;
    }
}

// Of a thousand copies one is of ends that can't be copied.
void decide_misuse(decisions& from, copy_setup& setup)
{
    const unsigned what = from.byte();
    detail::end_facts& end = (what & 1) != 0 ? setup.source : setup.sink;
    end.closed = what == 250 || what == 251;
    end.is_directory = what == 252 || what == 253;
    end.wrong_direction = what == 254 || what == 255;
    setup.sink.append_only = what < 16;
    setup.source.inode = 1;
    setup.sink.inode = what >= 240 && what < 244 ? 1 : 2;
}

void decide_terms(decisions& from, engine_input& to, std::uint64_t least)
{
    copy_setup& setup = to.of.setup;
    setup.turn_budget = from.number(least, no_limit);
    setup.buffer_size = from.number(least, no_limit);
    setup.pipe_capacity = from.number();
    setup.small_file = std::min<std::uint64_t>(16 * 1024, setup.buffer_size);
    setup.bytes_per_second = from.below(4) == 0 ? from.number(least * 20, no_limit) : 0;
}

void decide_temper(decisions& from, temper& how, std::uint64_t least)
{
    const unsigned bits = from.byte();
    how.blocks_every_other_call = (bits & 1) != 0;
    how.shares = (bits & 2) != 0;
    how.parks = (bits & 4) != 0;
    if ((bits & 8) != 0)
        how.most_per_call = from.number(least, no_limit);
    if ((bits & 16) != 0)
        how.most_in_a_spell = from.number(least, no_limit);
    if ((bits & 32) != 0)
        how.nanoseconds_per_step = from.number();
    if ((bits & 64) != 0)
        how.nanoseconds_on_worker = from.number();
    how.order = from.pick(orders);
    how.files = from.pick(warmths);
}

} // namespace

engine_input decide_engine_input(decisions& from)
{
    engine_input input{};
    copy_setup& setup = input.of.setup;
    setup.source.kind = from.pick(kinds);
    setup.sink.kind = from.pick(kinds);
    const unsigned bits = from.byte();
    const bool sockets = setup.source.kind == end_kind::stream_socket && setup.sink.kind == end_kind::stream_socket;
    setup.adaptive = sockets && (bits & 1) == 0;
    setup.sink_buffers = setup.sink.kind != end_kind::stream && (bits & 6) == 6;
    setup.page_sharing = (bits & 24) == 24 ? page_sharing::forbid : page_sharing::allow;
    input.of.shares = (bits & 32) != 0;
    input.of.looks = (bits & 64) != 0;
    setup.disk = from.pick(disks);
    setup.keeps_residue = true;
    setup.methods = decide_methods(from);
    setup.known_calls = decide_known_calls(from);
    input.source_holds = from.number(0, most_held);
    std::uint64_t in_all = input.source_holds;
    for (std::size_t n = from.below(8); n > 3; --n)
    {
        input.of.layers.push_back(decide_layer(from, input.source_holds));
        in_all += input.of.layers.back().memory.size();
    }
    decide_source(from, input);
    decide_misuse(from, setup);
    const std::uint64_t least = in_all / most_at_once + 1;
    decide_terms(from, input, least);
    decide_temper(from, input.how, least);
    if (const unsigned stop = from.byte(); stop >= 256 - stops.size())
        input.at_the_start = stops[255u - stop];
    return input;
}

std::string describe(const engine_input& input)
{
    const copy_setup& s = input.of.setup;
    const auto text = [](std::uint64_t n) { return n == no_limit ? std::string{"all"} : std::to_string(n); };
    std::string said = "source of kind " + text(static_cast<std::uint64_t>(s.source.kind)) + ", size " +
                       text(s.source.size) + ", position " + text(s.source.position) + ", holds " +
                       text(input.source_holds) + (s.has_range ? ", range" : "") +
                       (s.source.has_holes ? ", sparse" : "");
    for (const hole_spec& hole : input.of.holes)
        said += " [" + text(hole.begin) + ", " + text(hole.end) + ")";
    for (const layer_spec& layer : input.of.layers)
        said += !layer.limit  ? "; prefixed " + text(layer.memory.size())
                : layer.exact ? "; exactly " + text(*layer.limit)
                              : "; take " + text(*layer.limit);
    said += "\nsink of kind " + text(static_cast<std::uint64_t>(s.sink.kind)) + (s.sink_buffers ? ", buffers" : "") +
            (s.sink.append_only ? ", appends" : "") + "\nbudget " + text(s.turn_budget) + ", buffer " +
            text(s.buffer_size) + ", pipe " + text(s.pipe_capacity) + ", rate " + text(s.bytes_per_second) + ", disk " +
            text(static_cast<std::uint64_t>(s.disk)) + (s.adaptive ? ", adaptive" : "") +
            (s.page_sharing == page_sharing::forbid ? ", shares no pages" : "") + ", methods";
    for (const method m :
         {method::copy_file_range, method::sendfile, method::splice, method::splice_through_pipe, method::buffer})
        if (s.methods.contains(m))
            said += std::string{" "} + to_string(m);
    const temper& how = input.how;
    said += "\nat most " + text(how.most_per_call) + " a call, " + text(how.most_in_a_spell) + " in a spell, order " +
            text(static_cast<std::uint64_t>(how.order)) + ", warmth " + text(static_cast<std::uint64_t>(how.files)) +
            (how.blocks_every_other_call ? ", blocks" : "") + (how.shares && input.of.shares ? ", shares" : "") +
            (how.parks ? ", parks" : "") + (input.of.looks ? ", looks" : "") + ", stop " +
            text(static_cast<std::uint64_t>(input.at_the_start));
    return said;
}

} // namespace kernel_copy::test

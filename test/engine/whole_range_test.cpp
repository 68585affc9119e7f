// Distributed under the Boost Software License, Version 1.0.
//
// What may go to a socket in one piece, before there is an engine.
#include <kernel_copy/detail/whole_range.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string>

namespace kernel_copy::test {

namespace {

using detail::availability;
using detail::find_whole_range;
using detail::small_file;
using detail::small_header;
using detail::source_layer;
using detail::whole_range;

constexpr std::uint64_t mib = 1024 * 1024;

/// A range of a file that is known, with what is around it.
struct ends
{
    ends()
    {
        setup.source.kind = end_kind::regular_file;
        setup.source.size = 10 * mib;
        setup.source.position = position;
        setup.sink.kind = end_kind::stream_socket;
        setup.turn_budget = 2 * mib;
        setup.buffer_size = 64 * 1024;
        setup.disk = disk::when_cold;
    }

    source_layer memory(std::string& held)
    {
        source_layer layer;
        layer.memory = {
            .object = &held,
            .size = [](void* object) { return static_cast<std::string*>(object)->size(); },
            .peek = [](void* object,
                       std::span<std::byte>) { return std::as_bytes(std::span{*static_cast<std::string*>(object)}); },
            .consume = [](void* object, std::size_t n) { static_cast<std::string*>(object)->erase(0, n); }};
        return layer;
    }

    [[nodiscard]] whole_range found(std::span<const source_layer> layers)
    {
        return find_whole_range(setup, detail::progress{layers, &position}, layers);
    }
    whole_range found()
    {
        const std::array layers{source_layer{.limit = &length}};
        return found(layers);
    }
    whole_range behind(std::string header)
    {
        const std::array layers{memory(header), source_layer{.limit = &length}};
        return found(layers);
    }

    detail::copy_setup setup{};
    std::uint64_t position = 4096;
    std::uint64_t length = 1000;
};

bool is(const whole_range& r, method by, std::uint64_t header, std::uint64_t length)
{
    return r.by == by && r.header == header && r.length == length;
}

bool is_nothing(const whole_range& r)
{
    return r.length == 0;
}

} // namespace

BOOST_AUTO_TEST_SUITE(whole_ranges)

BOOST_AUTO_TEST_CASE(a_small_one_goes_by_a_read_and_a_send)
{
    ends e;
    for (const std::uint64_t length : {std::uint64_t{1}, small_file})
    {
        e.length = length;
        BOOST_TEST(is(e.found(), method::buffer, 0, length));
        BOOST_TEST(is(e.behind("header"), method::buffer, 6, length));
    }
    // Of such a file nothing needs to be known.
    e.setup.source.size = 0;
    BOOST_TEST(is(e.found(), method::buffer, 0, small_file));
}

BOOST_AUTO_TEST_CASE(a_larger_one_by_sendfile_where_the_file_is_known_to_have_it)
{
    ends e;
    for (const std::uint64_t length : {small_file + 1, 2 * mib})
    {
        e.length = length;
        BOOST_TEST(is(e.found(), method::sendfile, 0, length));
        e.setup.source.size = e.position + length;
        BOOST_TEST(is(e.found(), method::sendfile, 0, length));
        for (const std::uint64_t size : {e.position + length - 1, e.position, e.position - 1, std::uint64_t{0}})
        {
            e.setup.source.size = size;
            BOOST_TEST(is_nothing(e.found()));
        }
        e.setup.source.size = 10 * mib;
    }
}

BOOST_AUTO_TEST_CASE(so_does_a_small_one_where_there_is_no_room_for_it_or_it_may_not_be_read)
{
    ends e;
    e.setup.buffer_size = small_file;
    BOOST_TEST(is(e.found(), method::sendfile, 0, 1000));
    e.setup.buffer_size = 64 * 1024;
    e.setup.methods = {method::sendfile};
    BOOST_TEST(is(e.found(), method::sendfile, 0, 1000));
}

BOOST_AUTO_TEST_CASE(not_more_than_a_turn)
{
    ends e;
    e.length = e.setup.turn_budget + 1;
    BOOST_TEST(is_nothing(e.found()));
    e.length = e.setup.turn_budget;
    BOOST_TEST(is_nothing(e.behind("h")));
    e.length -= 1;
    BOOST_TEST(is(e.behind("h"), method::sendfile, 1, e.length));
    e.setup.turn_budget = 999;
    e.length = 1000;
    BOOST_TEST(is_nothing(e.found()));
}

BOOST_AUTO_TEST_CASE(neither_nothing_nor_what_no_file_can_hold)
{
    ends e;
    e.length = 0;
    BOOST_TEST(is_nothing(e.found()));
    e.length = detail::no_limit;
    BOOST_TEST(is_nothing(e.found()));
    e.length = 1000;
    e.setup.source.position = std::numeric_limits<std::int64_t>::max() - 500;
    BOOST_TEST(is_nothing(e.found()));
}

BOOST_AUTO_TEST_CASE(a_large_header_is_for_an_engine)
{
    ends e;
    BOOST_TEST(is(e.behind(std::string(small_header, 'h')), method::buffer, small_header, 1000));
    BOOST_TEST(is_nothing(e.behind(std::string(small_header + 1, 'h'))));
}

BOOST_AUTO_TEST_CASE(what_is_asked_for_is_kept)
{
    ends e;
    e.setup.bytes_per_second = 1;
    BOOST_TEST(is_nothing(e.found()));
    e = {};
    e.setup.disk = disk::always;
    BOOST_TEST(is_nothing(e.found()));
    e = {};
    e.length = mib;
    e.setup.page_sharing = page_sharing::forbid;
    BOOST_TEST(is_nothing(e.found()));
    e = {};
    e.length = mib;
    e.setup.methods = {method::buffer};
    BOOST_TEST(is_nothing(e.found()));
    e = {};
    e.length = mib;
    e.setup.known_calls[static_cast<std::size_t>(method::sendfile)] = availability::unavailable;
    BOOST_TEST(is_nothing(e.found()));
}

BOOST_AUTO_TEST_CASE(limits_and_memory_in_another_order_are_for_an_engine)
{
    ends e;
    std::string held = "held";
    std::string empty;
    std::uint64_t outer = 100;
    const source_layer range{.limit = &e.length};
    // A limit around the memory counts that as well.
    BOOST_TEST(is_nothing(e.found(std::array{source_layer{.limit = &outer}, e.memory(held), range})));
    source_layer both = e.memory(held);
    both.limit = &outer;
    BOOST_TEST(is_nothing(e.found(std::array{both, range})));
    std::string more = "more";
    BOOST_TEST(is_nothing(e.found(std::array{e.memory(held), e.memory(more), range})));
    source_layer over = e.memory(held);
    over.ends = true;
    BOOST_TEST(is_nothing(e.found(std::array{over, range})));
    // What holds nothing is in nobody's way; limits inside are.
    BOOST_TEST(is(e.found(std::array{source_layer{.limit = &outer}, e.memory(empty), range}), method::buffer, 0, 100));
    BOOST_TEST(is(e.found(std::array{e.memory(held), source_layer{.limit = &outer}, range}), method::buffer, 4, 100));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kernel_copy::test

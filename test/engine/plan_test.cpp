// Distributed under the Boost Software License, Version 1.0.
#include <support/scenario.hpp>

#include <kernel_copy/detail/plan.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>
#include <vector>

namespace kernel_copy::test {

namespace {

using detail::availability;
using detail::end_facts;
using detail::make_plan;

constexpr end_facts unknown{.kind = end_kind::unknown};
constexpr end_facts file{.kind = end_kind::regular_file, .size = 4096};
constexpr end_facts empty_file{.kind = end_kind::regular_file};
constexpr end_facts block{.kind = end_kind::block_device};
constexpr end_facts a_socket{.kind = end_kind::stream_socket};
constexpr end_facts a_pipe{.kind = end_kind::pipe};
constexpr end_facts other{.kind = end_kind::other};
constexpr end_facts stream{.kind = end_kind::stream};

/// c copy_file_range, s sendfile, p splice, t splice through a pipe, b buffer
std::string planned(const copy_setup& setup)
{
    constexpr std::string_view letters = "csptb";
    std::string line;
    auto plan = make_plan(setup);
    while (const auto m = plan.next())
        line += letters[static_cast<std::size_t>(*m)];
    return line;
}

copy_setup setup_of(const end_facts& source, const end_facts& sink, page_sharing sharing = page_sharing::allow)
{
    copy_setup s = between(source.kind, sink.kind).setup;
    s.source = source;
    s.sink = sink;
    s.page_sharing = sharing;
    return s;
}

struct row
{
    end_facts source;
    std::array<const char*, 8> plans; ///< one a sink, in the order of `sinks`
};

constexpr std::array sinks{file, empty_file, block, a_socket, a_pipe, other, unknown, stream};

void check_table(const std::vector<row>& table, page_sharing sharing)
{
    for (const row& r : table)
        for (std::size_t i = 0; i != sinks.size(); ++i)
        {
            BOOST_TEST_INFO("source " << static_cast<int>(r.source.kind) << " of size " << r.source.size << ", sink "
                                      << static_cast<int>(sinks[i].kind));
            BOOST_TEST(planned(setup_of(r.source, sinks[i], sharing)) == r.plans[i]);
        }
}

} // namespace

BOOST_AUTO_TEST_SUITE(plan)

BOOST_AUTO_TEST_CASE(S3_S4_S9_S10_S11_S13_S14_S15_the_table_of_methods)
{
    // sinks:         file   empty  block socket pipe   other unknown stream
    check_table({{file, {"csb", "csb", "sb", "sb", "pb", "sb", "spb", "b"}},
                 {empty_file, {"b", "b", "b", "b", "b", "b", "b", "b"}},
                 {block, {"sb", "sb", "sb", "sb", "pb", "sb", "spb", "b"}},
                 {a_socket, {"tb", "tb", "b", "tb", "pb", "b", "pb", "b"}},
                 {a_pipe, {"pb", "pb", "pb", "pb", "pb", "pb", "pb", "b"}},
                 {other, {"b", "b", "b", "b", "pb", "b", "b", "b"}},
                 {unknown, {"pb", "pb", "b", "b", "b", "b", "b", "b"}},
                 {stream, {"b", "b", "b", "b", "b", "b", "b", "b"}}},
                page_sharing::allow);
}

BOOST_AUTO_TEST_CASE(S16_S17_the_table_of_methods_where_no_pages_may_be_shared)
{
    check_table({{file, {"csb", "csb", "sb", "b", "b", "sb", "b", "b"}},
                 {empty_file, {"b", "b", "b", "b", "b", "b", "b", "b"}},
                 {block, {"sb", "sb", "sb", "b", "b", "sb", "b", "b"}},
                 {a_socket, {"tb", "tb", "b", "tb", "pb", "b", "pb", "b"}},
                 {a_pipe, {"pb", "pb", "pb", "pb", "pb", "pb", "pb", "b"}},
                 {other, {"b", "b", "b", "b", "b", "b", "b", "b"}},
                 {unknown, {"pb", "pb", "b", "b", "b", "b", "b", "b"}},
                 {stream, {"b", "b", "b", "b", "b", "b", "b", "b"}}},
                page_sharing::forbid);
}

BOOST_AUTO_TEST_CASE(S16_what_shares_no_pages)
{
    using detail::shares_no_pages;
    for (const end_facts& source : {a_socket, a_pipe})
        for (const end_facts& sink : sinks)
            BOOST_TEST(shares_no_pages(source, sink));
    for (const end_facts& source : {file, block, other, unknown})
        for (const end_facts& sink : sinks)
        {
            const bool copied = sink.kind == end_kind::regular_file || sink.kind == end_kind::block_device ||
                                sink.kind == end_kind::other;
            BOOST_TEST(shares_no_pages(source, sink) == copied);
        }
}

BOOST_AUTO_TEST_CASE(S12_a_file_that_says_it_is_empty_is_never_offloaded)
{
    for (const end_facts& sink : sinks)
        BOOST_TEST(planned(setup_of(empty_file, sink)) == "b");
}

BOOST_AUTO_TEST_CASE(S11_an_empty_file_is_a_sink_like_any_other)
{
    BOOST_TEST(planned(setup_of(file, empty_file)) == planned(setup_of(file, file)));
}

BOOST_AUTO_TEST_CASE(P27_an_append_only_sink_leaves_only_the_buffer)
{
    for (const end_facts& source : {file, block, a_socket, a_pipe, unknown})
    {
        copy_setup s = setup_of(source, file);
        s.sink.append_only = true;
        BOOST_TEST(planned(s) == "b");
    }
}

BOOST_AUTO_TEST_CASE(only_allowed_methods_are_planned)
{
    copy_setup s = setup_of(file, file);
    s.methods = {method::sendfile, method::splice_through_pipe};
    BOOST_TEST(planned(s) == "s");
    s.methods = {method::splice};
    BOOST_TEST(planned(s).empty());
    s.methods = method_set{}.without(method::buffer);
    BOOST_TEST(planned(s) == "cs");
}

BOOST_AUTO_TEST_CASE(S30_S39_each_call_has_its_own_flag)
{
    const auto without = [](const end_facts& source, const end_facts& sink, method call) {
        copy_setup s = setup_of(source, sink);
        s.known_calls[static_cast<std::size_t>(call)] = availability::unavailable;
        return planned(s);
    };
    BOOST_TEST(without(file, file, method::copy_file_range) == "sb");
    BOOST_TEST(without(file, file, method::sendfile) == "cb");
    BOOST_TEST(without(file, file, method::splice) == "csb");
    BOOST_TEST(without(a_pipe, file, method::splice) == "b");
    BOOST_TEST(without(a_pipe, file, method::sendfile) == "pb");
    BOOST_TEST(without(a_socket, a_socket, method::splice) == "b");
    copy_setup known = setup_of(file, file);
    known.known_calls.fill(availability::available);
    BOOST_TEST(planned(known) == "csb");
}

BOOST_AUTO_TEST_CASE(skipping_drops_what_comes_before)
{
    auto plan = make_plan(setup_of(file, file));
    plan.skip_to(method::buffer);
    BOOST_TEST((plan.next() == method::buffer));
    BOOST_TEST(plan.empty());
    plan.skip_to(method::buffer);
    BOOST_TEST(!plan.next().has_value());
}

BOOST_AUTO_TEST_CASE(P29_a_file_onto_itself)
{
    using detail::ranges_overlap;
    const auto at = [](std::uint64_t position, bool append = false) {
        return end_facts{.kind = end_kind::regular_file, .size = 100, .position = position, .append_only = append};
    };
    BOOST_TEST(ranges_overlap(at(0), at(0), no_limit));
    BOOST_TEST(ranges_overlap(at(0), at(0), 1));
    BOOST_TEST(!ranges_overlap(at(0), at(0), 0));
    BOOST_TEST(ranges_overlap(at(0), at(50), no_limit));
    BOOST_TEST(ranges_overlap(at(0), at(50), 51));
    BOOST_TEST(!ranges_overlap(at(0), at(50), 50));
    BOOST_TEST(ranges_overlap(at(0), at(100), no_limit)); // what is written is read again, without end
    BOOST_TEST(!ranges_overlap(at(0), at(100), 100));
    BOOST_TEST(!ranges_overlap(at(100), at(100), no_limit)); // nothing to read
    BOOST_TEST(!ranges_overlap(at(150), at(0), no_limit));
    BOOST_TEST(!ranges_overlap(at(50), at(0), no_limit));
    BOOST_TEST(ranges_overlap(at(49), at(0), no_limit));
    BOOST_TEST(!ranges_overlap(at(49), at(0), 49));
    BOOST_TEST(ranges_overlap(at(49), at(0), 50));
    BOOST_TEST(ranges_overlap(at(50), at(0, true), no_limit)); // O_APPEND: written at the end
    BOOST_TEST(!ranges_overlap(at(50), at(0, true), 50));
    BOOST_TEST(ranges_overlap(at(50), at(120, true), 71));
    BOOST_TEST(!ranges_overlap(at(50), at(120, true), 70));
}

BOOST_AUTO_TEST_CASE(P9_a_range_that_a_file_cannot_have)
{
    using detail::is_file_range;
    constexpr std::uint64_t end = (std::uint64_t{1} << 63) - 1;
    BOOST_TEST(is_file_range(0, 0));
    BOOST_TEST(is_file_range(end, no_limit));
    BOOST_TEST(is_file_range(end, 0));
    BOOST_TEST(!is_file_range(end, 1));
    BOOST_TEST(!is_file_range(end + 1, 0));
    BOOST_TEST(is_file_range(1, end - 1));
    BOOST_TEST(!is_file_range(1, end));
    BOOST_TEST(!is_file_range(0, no_limit - 1));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kernel_copy::test

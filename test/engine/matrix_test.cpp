// Distributed under the Boost Software License, Version 1.0.
#include <support/engine_run.hpp>

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <string>
#include <vector>

namespace kernel_copy::test {

namespace {

constexpr std::uint64_t gibibyte = std::uint64_t{1} << 30;

struct ends
{
    const char* what;
    end_kind source;
    end_kind sink;
    method_set methods;
    method first;
    bool adaptive = false;
};

const std::vector<ends> all_ends{
    {"copy_file_range", end_kind::regular_file, end_kind::regular_file, {}, method::copy_file_range},
    {"sendfile", end_kind::regular_file, end_kind::stream_socket, {}, method::sendfile},
    {"sendfile from a block device", end_kind::block_device, end_kind::other, {}, method::sendfile},
    {"splice of a file", end_kind::regular_file, end_kind::pipe, {}, method::splice},
    {"splice", end_kind::pipe, end_kind::stream_socket, {}, method::splice},
    {"through a pipe", end_kind::stream_socket, end_kind::stream_socket, {}, method::splice_through_pipe},
    {"through a pipe to a file", end_kind::stream_socket, end_kind::regular_file, {}, method::splice_through_pipe},
    {"buffer", end_kind::stream_socket, end_kind::stream_socket, {method::buffer}, method::buffer},
    {"adaptive", end_kind::stream_socket, end_kind::stream_socket, {}, method::buffer, true},
    {"buffer, files", end_kind::regular_file, end_kind::regular_file, {method::buffer}, method::buffer},
    {"streams", end_kind::stream, end_kind::stream, {}, method::buffer},
    {"a stream to a socket", end_kind::stream, end_kind::stream_socket, {}, method::buffer},
    {"a socket to a stream", end_kind::stream_socket, end_kind::stream, {}, method::buffer},
    {"a file to a stream", end_kind::regular_file, end_kind::stream, {}, method::buffer}};

/// Around nothing, a byte, a page, the buffer, the turn and what one call is asked for at most.
std::vector<std::uint64_t> sizes()
{
    std::vector<std::uint64_t> all{0, 1, 2};
    for (const std::uint64_t edge : {std::uint64_t{4096}, std::uint64_t{65536}, std::uint64_t{256 * 1024}, gibibyte})
        all.insert(all.end(), {edge - 1, edge, edge + 1});
    all.push_back(2 * gibibyte + 1);
    return all;
}

/// None, and below, at and above the size.
std::vector<std::vector<layer_spec>> wrappers(std::uint64_t size)
{
    std::vector<std::vector<layer_spec>> all{{}, {take(0)}, {take(size)}, {take(size + 1)}, {exactly(size)}};
    all.push_back({exactly(size + 1)});
    all.push_back({prefixed(5000), take(size / 2), prefixed(3)});
    all.push_back({take(size / 2 + 10), prefixed(20), exactly(size)});
    if (size != 0)
        all.push_back({take(size - 1)});
    return all;
}

/// A size that is far from the edges of small chunks is moved in large ones.
scenario make(const ends& e, std::uint64_t size, std::vector<layer_spec> layers)
{
    scenario s = between(e.source, e.sink, e.source == end_kind::regular_file ? size : 0);
    s.layers = std::move(layers);
    s.setup.methods = e.methods;
    if (size > 1024 * 1024)
    {
        s.setup.turn_budget = gibibyte * 3 / 2;
        s.setup.buffer_size = gibibyte * 5 / 4;
    }
    s.setup.adaptive = e.adaptive;
    if (e.adaptive) // reads enough to be bulk
        s.setup.buffer_size = size / 40 + 1;
    return s;
}

void check(const std::string& what, const scenario& s, std::uint64_t size, temper how, int refusal, std::size_t at)
{
    try
    {
        copy_run run{s, size, how};
        for (std::size_t step = 0; step != at && !run.finished(); ++step)
            run.go_on();
        const action_kind kind = run.next().kind;
        const bool can_refuse =
            kind == action_kind::transfer || kind == action_kind::fill_pipe || kind == action_kind::drain_pipe;
        if (refusal != 0 && can_refuse)
            run.step({.how = {.bytes = 0, .error = errno_code(refusal), .side = detail::side_of(kind)}});
        run.run_on();
        // The outcome was checked where it came; an honest kernel leaves two.
        const error_code& error = run.next().error;
        BOOST_TEST((!error || error == errc::source_truncated));
        BOOST_TEST(run.engine().counts().in_flight() == 0u);
    }
    catch (const violation& v)
    {
        BOOST_ERROR(what + ", size " + std::to_string(size) + ", refused at step " + std::to_string(at) + ": " +
                    v.what());
    }
}

std::vector<temper> tempers(std::uint64_t size)
{
    return {{},
            {.most_per_call = size / 7 + 1, .order = first_answer::source},
            {.most_per_call = size / 3 + 1, .blocks_every_other_call = true},
            {.most_per_call = size / 9 + 1,
             .blocks_every_other_call = true,
             .order = first_answer::alternating,
             .parks = true,
             .begins_small = true},
            {.most_in_a_spell = size / 1000 + 1},
            {.most_in_a_spell = size / 1000 + 1, .parks = true},
            {.parks = true, .begins_small = true},
            {.most_in_a_spell = size / 1000 + 1, .begins_small = true}};
}

} // namespace

BOOST_AUTO_TEST_SUITE(matrix)

BOOST_AUTO_TEST_CASE(B9_every_size_and_limit_by_every_method)
{
    for (const ends& e : all_ends)
        for (const std::uint64_t size : sizes())
            for (const auto& layers : wrappers(size))
                for (const temper& how : tempers(size))
                    check(e.what, make(e, size, layers), size, how, 0, 0);
}

BOOST_AUTO_TEST_CASE(B9_B5_every_size_and_limit_with_a_refusal_at_every_early_step)
{
    for (const ends& e : all_ends)
        for (const std::uint64_t size : sizes())
            for (const auto& layers : wrappers(size))
                for (std::size_t at = 0; at != 6; ++at)
                    check(e.what, make(e, size, layers), size, {.most_per_call = size / 7 + 1}, EINVAL, at);
}

BOOST_AUTO_TEST_CASE(B9_each_method_is_the_one_that_was_meant)
{
    for (const ends& e : all_ends)
    {
        copy_run run{make(e, 100, {}), 100};
        BOOST_TEST((run.engine().current() == e.first), e.what);
        run.run_on();
        BOOST_TEST((e.adaptive || run.engine().current() == e.first), e.what);
        BOOST_TEST(run.engine().counts().delivered() == 100u);
    }
}

BOOST_AUTO_TEST_CASE(B9_P20_a_range_ends_behind_what_was_delivered)
{
    for (const std::uint64_t size : sizes())
        for (const temper& how : tempers(size))
        {
            scenario s = make(all_ends[1], size, {exactly(size)});
            s.position = 777;
            s.setup.source.position = 777;
            s.setup.source.size = size + 777;
            copy_run run{s, size, how};
            run.run_on();
            BOOST_TEST(!run.next().error);
            BOOST_TEST(run.stack().position() == 777 + size);
        }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kernel_copy::test

// Distributed under the Boost Software License, Version 1.0.
#include <support/engine_run.hpp>

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <string>
#include <vector>

namespace kernel_copy::test {

namespace {

using enum first_answer;

struct ends
{
    const char* what;
    end_kind source;
    end_kind sink;
    method_set methods{};
    page_sharing sharing = page_sharing::allow;
};

const method_set without_pipes{method::copy_file_range, method::sendfile, method::splice, method::buffer};

const std::vector<ends> all_ends{
    {"a file to a socket", end_kind::regular_file, end_kind::stream_socket},
    {"a file to a socket without pipes", end_kind::regular_file, end_kind::stream_socket, without_pipes},
    {"a file to a socket by sendfile", end_kind::regular_file, end_kind::stream_socket, {method::sendfile}},
    {"a file to a socket without memory",
     end_kind::regular_file,
     end_kind::stream_socket,
     {method::sendfile, method::splice_through_pipe}},
    {"a file to a socket, unshared", end_kind::regular_file, end_kind::stream_socket, {}, page_sharing::forbid},
    {"a file to a pipe", end_kind::regular_file, end_kind::pipe},
    {"a file to a pipe by splice", end_kind::regular_file, end_kind::pipe, {method::splice}},
    {"a file to a terminal", end_kind::regular_file, end_kind::other},
    {"a file to a stream", end_kind::regular_file, end_kind::stream},
    {"a block device to a socket", end_kind::block_device, end_kind::stream_socket},
    {"a block device to a file", end_kind::block_device, end_kind::regular_file},
    {"a socket to a file", end_kind::stream_socket, end_kind::regular_file},
    {"a pipe to a file", end_kind::pipe, end_kind::regular_file},
    {"something to a file", end_kind::unknown, end_kind::regular_file},
    {"a stream to a file", end_kind::stream, end_kind::regular_file},
    {"a file to a file", end_kind::regular_file, end_kind::regular_file},
    {"a file to a file by sendfile", end_kind::regular_file, end_kind::regular_file, {method::sendfile}},
    {"a file to a file by memory", end_kind::regular_file, end_kind::regular_file, {method::buffer}}};

const std::vector<std::uint64_t> sizes{0, 1, 4096, 65535, 65536, 65537, 131'073, 262'145, 3'000'000};
const std::vector<std::uint64_t> some_sizes{4096, 200'001};

std::vector<std::vector<layer_spec>> wrappers(std::uint64_t size)
{
    return {{}, {take(size)}, {exactly(size + 1)}, {prefixed(5000), take(size / 2 + 1), prefixed(3)}};
}

std::vector<temper> tempers(std::uint64_t size)
{
    constexpr std::uint64_t soon = 1'000'000;
    constexpr std::uint64_t late = 100'000'000;
    return {{},
            {.files = warmth::none},
            {.order = source, .files = warmth::none, .nanoseconds_on_worker = soon},
            {.blocks_every_other_call = true, .order = alternating, .files = warmth::none},
            {.most_per_call = size / 7 + 1, .order = source, .files = warmth::none, .nanoseconds_on_worker = late},
            {.blocks_every_other_call = true, .files = warmth::every_other, .nanoseconds_on_worker = soon},
            {.most_per_call = size / 9 + 1, .order = alternating, .files = warmth::every_other},
            {.most_per_call = size / 3 + 1,
             .blocks_every_other_call = true,
             .order = source,
             .files = warmth::every_other,
             .nanoseconds_on_worker = late},
            {.files = warmth::a_part},
            {.most_per_call = size / 5 + 1, .blocks_every_other_call = true, .files = warmth::a_part}};
}

scenario make(const ends& e, disk where, std::uint64_t size, std::vector<layer_spec> layers)
{
    scenario s = between(e.source, e.sink, e.source == end_kind::regular_file ? size : 0);
    s.layers = std::move(layers);
    s.setup.methods = e.methods;
    s.setup.page_sharing = e.sharing;
    s.setup.disk = where;
    s.setup.pipe_capacity = 256 * 1024;
    s.setup.small_file = 4096;
    return s;
}

template <class Body>
void for_all(const std::vector<std::uint64_t>& of, const Body& body)
{
    for (const ends& e : all_ends)
        for (const disk where : {disk::when_cold, disk::always})
            for (const std::uint64_t size : of)
                for (const auto& layers : wrappers(size))
                    for (const temper& how : tempers(size))
                        body(e, make(e, where, size, layers), size, how);
}

template <class Body>
void guarded(const std::string& what, const scenario& s, std::uint64_t size, const Body& body)
{
    try
    {
        body();
    }
    catch (const violation& v)
    {
        const char* const where = s.setup.disk == disk::always ? ", always" : "";
        BOOST_ERROR(what + where + ", size " + std::to_string(size) + ": " + v.what());
    }
}

void go_on(copy_run& run, std::size_t steps)
{
    for (std::size_t i = 0; i != steps && !run.finished(); ++i)
        run.go_on();
}

/// Answers what can be refused, on either side.
bool refuse(copy_run& run, int error)
{
    for (const call_side side : {call_side::source, call_side::sink})
    {
        const action* const a = run.answerable(side);
        if (a == nullptr)
            continue;
        const bool can_be = a->kind == action_kind::transfer || a->kind == action_kind::fill_pipe ||
                            a->kind == action_kind::drain_pipe || a->kind == action_kind::open_pipe ||
                            a->kind == action_kind::grow_pipe || a->kind == action_kind::ask_warmth;
        if (!can_be)
            continue;
        run.step({.how = {.bytes = 0, .error = errno_code(error), .side = side}});
        return true;
    }
    return false;
}

} // namespace

BOOST_AUTO_TEST_SUITE(disk_matrix)

BOOST_AUTO_TEST_CASE(B9_every_size_and_limit_and_temper_of_a_disk)
{
    for_all(sizes, [](const ends& e, const scenario& s, std::uint64_t size, const temper& how) {
        for (const bool has_workers : {true, false})
            guarded(e.what, s, size, [&] {
                copy_run run{s, size, how};
                if (!has_workers)
                    run.lose_workers();
                run.run_on();
                const error_code& error = run.next().error;
                const bool has_none = size == 0 && !s.setup.methods.contains(method::buffer);
                BOOST_TEST(
                    (!error || error == errc::source_truncated || (has_none && error == errc::no_method_available)));
                BOOST_TEST(run.engine().counts().in_flight() == 0u);
            });
    });
}

BOOST_AUTO_TEST_CASE(B9_B5_what_is_refused_at_an_early_step_goes_another_way)
{
    for_all(some_sizes, [](const ends& e, const scenario& s, std::uint64_t size, const temper& how) {
        for (const int error : {EINVAL, EPERM})
            for (std::size_t at = 1; at < 20; at += 2 - size % 2)
                guarded(std::string{e.what} + ", refused at step " + std::to_string(at), s, size, [&] {
                    copy_run run{s, size, how};
                    go_on(run, at);
                    if (run.finished() || !refuse(run, error))
                        return;
                    run.run_on();
                    BOOST_TEST(run.engine().counts().in_flight() == 0u);
                });
    });
}

BOOST_AUTO_TEST_CASE(every_stop_at_every_early_step)
{
    for_all(some_sizes, [](const ends& e, const scenario& s, std::uint64_t size, const temper& how) {
        for (const stop_request stop : {stop_request::total, stop_request::partial, stop_request::terminal})
            for (std::size_t at = 0; at < 24; at += 2 - size % 2)
                guarded(std::string{e.what} + ", stopped at step " + std::to_string(at), s, size, [&] {
                    copy_run run{s, size, how};
                    go_on(run, at);
                    while (!run.finished() && !run.can_be_asked_to_stop())
                        run.go_on();
                    if (!run.finished())
                        run.ask_to_stop(stop, at % 2 == 0);
                    run.run_on();
                });
    });
}

BOOST_AUTO_TEST_CASE(B9_P20_a_range_ends_behind_what_was_delivered)
{
    for (const disk where : {disk::when_cold, disk::always})
        for (const std::uint64_t size : sizes)
            for (const temper& how : tempers(size))
                for (const std::size_t stopped_at : {0u, 3u, 5u, 8u, 13u, 21u, 1000u})
                {
                    scenario s = make(all_ends[0], where, size + 777, {exactly(size)});
                    s.position = 777;
                    s.setup.source.position = 777;
                    guarded("a range", s, size, [&] {
                        copy_run run{s, size, how};
                        go_on(run, stopped_at);
                        while (!run.finished() && !run.can_be_asked_to_stop())
                            run.go_on();
                        if (!run.finished())
                            run.ask_to_stop(stop_request::terminal, true);
                        run.run_on();
                        BOOST_TEST(run.stack().position() == 777 + run.engine().counts().delivered());
                    });
                }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kernel_copy::test

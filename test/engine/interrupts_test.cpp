// Distributed under the Boost Software License, Version 1.0.
#include <support/engine_run.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

namespace kernel_copy::test {

namespace {

constexpr auto none = stop_request::none;
constexpr auto total = stop_request::total;
constexpr auto dry = stop_request::dry;
constexpr auto partial = stop_request::partial;
constexpr auto terminal = stop_request::terminal;

/// What a copy is doing when a request comes, and what that ends on each side.
struct row
{
    const char* when;
    copy_run* run;
    std::vector<stop_request> ends_source;
    std::vector<stop_request> ends_sink;
};

void check(const row& r)
{
    for (const stop_request stop : {none, total, dry, partial, terminal})
    {
        const auto has = [stop](const std::vector<stop_request>& list) {
            return std::find(list.begin(), list.end(), stop) != list.end();
        };
        const std::string what = std::string{r.when} + ", stop " + std::to_string(static_cast<int>(stop));
        BOOST_TEST(r.run->engine().interrupts(stop, call_side::source) == has(r.ends_source), what);
        BOOST_TEST(r.run->engine().interrupts(stop, call_side::sink) == has(r.ends_sink), what);
    }
}

const reply begun{.how = {.begun = true}};

reply source_gives(std::uint64_t bytes)
{
    return {.how = {.bytes = bytes}};
}

reply sink_gives(std::uint64_t bytes)
{
    return {.how = {.bytes = bytes, .side = call_side::sink}};
}

reply blocked(call_side side)
{
    return {.how = {.error = errno_code(EAGAIN), .side = side}};
}

} // namespace

BOOST_AUTO_TEST_SUITE(interrupts)

BOOST_AUTO_TEST_CASE(a_request_ends_a_wait_unless_bytes_are_in_flight)
{
    scenario s = between(end_kind::stream_socket, end_kind::other);
    copy_run first{s, 100};
    first.step(blocked(call_side::source));
    check({"waits for the first byte", &first, {total, dry, partial, terminal}, {}});
    copy_run later{s, 100};
    later.step(source_gives(10));
    later.step(blocked(call_side::sink));
    check({"waits for the sink with bytes in flight", &later, {}, {terminal}});
    later.step(sink_gives(0));
    later.step(sink_gives(10));
    later.step(blocked(call_side::source));
    check({"waits for more", &later, {dry, partial, terminal}, {}});
}

BOOST_AUTO_TEST_CASE(with_nothing_in_flight_the_sink_is_waited_for_no_longer_unless_the_source_decides)
{
    scenario flushing = between(end_kind::stream_socket, end_kind::other);
    flushing.setup.sink_buffers = true;
    copy_run flush{flushing, 100};
    flush.step(blocked(call_side::sink));
    check({"waits to flush", &flush, {}, {total, partial, terminal}});

    scenario with_memory = between(end_kind::stream_socket, end_kind::stream);
    with_memory.layers = {prefixed(10)};
    copy_run memory{with_memory, 100};
    check({"writes memory", &memory, {}, {total, partial, terminal}});
    memory.step(sink_gives(4));
    check({"writes more memory", &memory, {}, {partial, terminal}});
}

BOOST_AUTO_TEST_CASE(where_calls_overlap_each_side_is_asked_for_itself)
{
    scenario s = between(end_kind::stream, end_kind::stream);
    copy_run run{s, 100};
    run.step(begun);
    check({"reads the first byte", &run, {total, dry, partial, terminal}, {}});
    run.step(source_gives(10));
    run.step(begun);
    run.step(begun);
    check({"reads and writes", &run, {dry, partial, terminal}, {terminal}});
    run.step(source_gives(20));
    check({"writes and holds more", &run, {}, {terminal}});
    run.step(sink_gives(10));
    run.step(begun);
    run.step(begun);
    run.step(sink_gives(20));
    check({"reads with nothing in flight", &run, {dry, partial, terminal}, {}});
}

// A worker has asked for it and left; whoever begins it hears of the request first.
BOOST_AUTO_TEST_CASE(what_has_not_been_begun_ends_by_a_request_unless_it_is_soon_over)
{
    copy_run sockets{between(end_kind::stream_socket, end_kind::other), 100};
    BOOST_TEST(!sockets.engine().instead_of_last(terminal));
    sockets.step(blocked(call_side::source));
    BOOST_TEST(!sockets.engine().instead_of_last(none));
    BOOST_REQUIRE(sockets.engine().instead_of_last(total).has_value());
    BOOST_TEST(sockets.engine().instead_of_last(total)->error == errno_code(ECANCELED));

    scenario files = between(end_kind::regular_file, end_kind::regular_file);
    files.setup.sink.inode = 1;
    files.setup.disk = disk::always;
    copy_run on_worker{files, 100};
    BOOST_TEST((on_worker.engine().last().runs == detail::place::worker));
    BOOST_TEST(!on_worker.engine().instead_of_last(none));
    BOOST_REQUIRE(on_worker.engine().instead_of_last(partial).has_value());
    BOOST_TEST((on_worker.engine().instead_of_last(partial)->side == call_side::source));
}

BOOST_AUTO_TEST_CASE(a_pause_hears_of_every_request)
{
    scenario s = between(end_kind::stream, end_kind::stream_socket);
    s.setup.turn_budget = 10;
    copy_run run{s, 100};
    run.step(begun);
    run.step(source_gives(10));
    run.step(sink_gives(10));
    BOOST_TEST((run.next().kind == action_kind::yield));
    check({"yields", &run, {dry, partial, terminal}, {}});
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kernel_copy::test

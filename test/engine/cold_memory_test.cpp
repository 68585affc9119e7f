// Distributed under the Boost Software License, Version 1.0.
#include <support/script.hpp>

#include <boost/test/unit_test.hpp>

#include <cerrno>

namespace kernel_copy::test {

// A file that goes through memory, or to where no pipes are used: what can be read without waiting is read at once, the
// rest by a worker.

namespace {

constexpr std::uint64_t turn = 256 * 1024;
constexpr std::uint64_t buffer = 64 * 1024;
constexpr std::uint64_t capacity = pipe_capacity;
const error_code aborted = errno_code(ECANCELED);

scenario file_to(end_kind sink, std::uint64_t size, disk where = disk::when_cold)
{
    scenario s = between(end_kind::regular_file, sink, size);
    s.setup.disk = where;
    return s;
}

/// A cold half is read by a worker.
script& reads_cold(script& s, std::uint64_t bytes, unsigned char half = 0)
{
    return s.expect(if_ready(read_source(buffer, half)))
        .fails(EAGAIN)
        .expect(on_worker(read_source(buffer, half)))
        .begins()
        .expect(await)
        .source_gives(bytes);
}

} // namespace

BOOST_AUTO_TEST_SUITE(cold_memory)

BOOST_AUTO_TEST_CASE(a_file_to_a_stream_is_read_ahead_by_a_worker)
{
    script s{file_to(end_kind::stream, 150'000)};
    reads_cold(s, buffer).expect(write_buffer(buffer)).begins();
    reads_cold(s, 30'000, 1).expect(await); // both halves hold bytes
    s.sink_gives(1000).expect(write_buffer(buffer - 1000, 1000)).begins().expect(await);
    s.sink_gives(buffer - 1000).expect(write_half(1, 30'000)).begins();
    s.expect(if_ready(read_source(buffer))).gives(54'464).expect(await); // warm meanwhile
    s.sink_gives(30'000).expect(write_buffer(54'464)).begins();
    s.expect(read_source(detail::growth_probe, 1)).gives(0).expect(await);
    s.sink_gives(54'464).finishes({}, 150'000);
}

BOOST_AUTO_TEST_CASE(P22_nothing_without_waiting_is_not_the_end)
{
    script s{file_to(end_kind::stream, 100)};
    s.expect(if_ready(read_source(buffer))).gives(0);
    s.expect(on_worker(read_source(buffer))).begins().expect(await);
    s.source_gives(60).expect(write_buffer(60)).begins();
    s.expect(if_ready(read_source(buffer, 1))).gives(0);
    s.expect(on_worker(read_source(buffer, 1))).begins().expect(await);
    s.source_gives(0).expect(await); // this is
    s.sink_gives(60).finishes({}, 60);
}

BOOST_AUTO_TEST_CASE(S12_a_file_that_says_it_is_empty_is_read_by_a_worker_to_its_end)
{
    script s{file_to(end_kind::stream_socket, 0)}; // of which nothing is known
    s.expect(on_worker(read_source(buffer))).begins().expect(await);
    s.source_gives(23).expect(write_buffer(23)).gives(23);
    s.expect(on_worker(read_source(buffer))).begins().expect(await);
    s.source_gives(0).finishes({}, 23);
}

BOOST_AUTO_TEST_CASE(errors_of_a_worker_are_errors_of_the_source)
{
    script s{file_to(end_kind::stream, 150'000)};
    reads_cold(s, buffer).expect(write_buffer(buffer)).begins();
    s.expect(if_ready(read_source(buffer, 1))).fails(EAGAIN);
    s.expect(on_worker(read_source(buffer, 1))).begins().expect(await);
    s.source_fails(EIO).expect(await);
    s.sink_gives(buffer).finishes(errno_code(EIO), buffer);
    BOOST_TEST(!s.engine().sink_failed());
}

BOOST_AUTO_TEST_CASE(P30_a_stop_waits_for_the_worker_and_gives_back_what_it_has_read)
{
    script s{file_to(end_kind::stream, 150'000)};
    reads_cold(s, buffer).expect(write_buffer(buffer)).begins();
    s.expect(if_ready(read_source(buffer, 1))).fails(EAGAIN);
    s.expect(on_worker(read_source(buffer, 1))).begins().expect(await);
    s.sink_stopped_by(stop_request::terminal, 100).expect(cancel_calls).begins().expect(await);
    s.source_gives(50, stop_request::terminal).expect(unread_source(buffer - 50)).done();
    s.finishes(aborted, 100);

    script partial{file_to(end_kind::stream, 150'000)};
    reads_cold(partial, buffer).expect(write_buffer(buffer)).begins();
    partial.expect(if_ready(read_source(buffer, 1))).fails(EAGAIN);
    partial.expect(on_worker(read_source(buffer, 1))).begins().expect(await).hears(stop_request::partial);
    partial.source_gives(50, stop_request::partial).expect(await);
    partial.sink_gives(buffer).expect(write_half(1, 50)).begins().expect(await);
    partial.sink_gives(50).finishes(aborted, buffer + 50);
}

BOOST_AUTO_TEST_CASE(without_pipes_a_cold_file_goes_to_a_socket_through_memory)
{
    scenario none = file_to(end_kind::stream_socket, 100'000);
    none.setup.methods = {method::sendfile, method::buffer};
    scenario unknown_call = file_to(end_kind::stream_socket, 100'000);
    unknown_call.setup.known_calls[static_cast<std::size_t>(method::splice)] = detail::availability::unavailable;
    for (const scenario& of : {none, unknown_call, file_to(end_kind::other, 100'000)})
    {
        script s{of};
        s.expect(ask_warmth(100'000)).gives(40'000);
        s.expect(transfer(method::sendfile, 40'000)).gives(40'000);
        s.expect(ask_warmth(60'000, 40'000)).gives(0);
        reads_cold(s, 60'000).expect(write_buffer(60'000)).gives(60'000);
        s.expect(read_source(detail::growth_probe)).gives(0).finishes({}, 100'000);
    }
}

BOOST_AUTO_TEST_CASE(S17_unshared_pages_go_through_memory)
{
    scenario unshared = file_to(end_kind::stream_socket, 100);
    unshared.setup.page_sharing = page_sharing::forbid;
    script s{unshared};
    reads_cold(s, 100).expect(write_buffer(100)).gives(100);
    s.expect(read_source(detail::growth_probe)).gives(0).finishes({}, 100);
}

BOOST_AUTO_TEST_CASE(what_is_asked_for_alone_is_done_here_if_no_worker_can)
{
    for (const disk where : {disk::when_cold, disk::always})
    {
        scenario native = file_to(end_kind::stream_socket, 100, where);
        native.setup.methods = {method::sendfile};
        script s{native};
        if (where == disk::when_cold)
            s.expect(ask_warmth(100)).gives(0);
        s.expect(transfer(method::sendfile, 100)).gives(100);
        s.expect(transfer(method::sendfile, turn - 100)).gives(0).finishes({}, 100);
    }
}

BOOST_AUTO_TEST_CASE(sendfile_and_pipes_alone_go_back_to_sendfile_if_pipes_can_not_be)
{
    scenario native = file_to(end_kind::stream_socket, 100);
    native.setup.methods = {method::sendfile, method::splice_through_pipe};
    script s{native};
    s.expect(ask_warmth(100)).gives(0);
    s.expect(open_pipe).fails(EMFILE);
    s.expect(transfer(method::sendfile, 100)).gives(100);
    s.expect(transfer(method::sendfile, turn - 100)).gives(0).finishes({}, 100);
}

BOOST_AUTO_TEST_CASE(a_cold_file_goes_to_a_pipe_through_pipes)
{
    const auto fills = [](std::uint64_t n) {
        return on_worker({.kind = action_kind::fill_pipe, .by = method::splice, .length = n});
    };
    const auto drains = [](std::uint64_t n) {
        return expected{.kind = action_kind::drain_pipe, .by = method::splice, .length = n};
    };
    script s{file_to(end_kind::pipe, 100'000)};
    s.expect(ask_warmth(100'000)).gives(0).expect(open_pipe).done();
    s.expect(fills(capacity)).begins().expect(await);
    s.source_gives(capacity).expect(drains(capacity)).gives(100).expect(drains(capacity - 100)).fails(EAGAIN);
    s.expect(wait_sink).begins().expect(ask_warmth(100'000 - capacity, capacity)).gives(0);
    s.expect(second(open_pipe)).done().expect(second(fills(capacity))).begins().expect(await);
    s.source_gives(100'000 - capacity).expect(await);
    s.sink_ready().expect(drains(capacity - 100)).gives(capacity - 100);
    s.expect(second(drains(100'000 - capacity))).gives(100'000 - capacity);
    s.expect(second(fills(capacity))).begins().expect(await);
    s.source_gives(0).finishes({}, 100'000);
}

BOOST_AUTO_TEST_CASE(a_block_device_is_read_by_workers)
{
    scenario device = between(end_kind::block_device, end_kind::stream_socket);
    device.setup.disk = disk::when_cold;
    script s{device};
    s.expect(open_pipe).done();
    s.expect(on_worker(fill_pipe(capacity))).begins().expect(await);
    s.source_gives(5000).expect(drain_pipe(5000)).gives(5000);
    s.expect(on_worker(fill_pipe(capacity))).begins().expect(await);
    s.source_gives(0).finishes({}, 5000);
}

BOOST_AUTO_TEST_CASE(always_means_without_asking)
{
    script piped{file_to(end_kind::stream_socket, 100, disk::always)};
    piped.expect(open_pipe).done();
    piped.expect(on_worker(fill_pipe(capacity))).begins().expect(await);
    piped.source_gives(100).expect(drain_pipe(100)).gives(100);
    piped.expect(on_worker(fill_pipe(capacity))).begins().expect(await);
    piped.source_gives(0).finishes({}, 100);

    script read{file_to(end_kind::stream, 100, disk::always)};
    read.expect(on_worker(read_source(buffer))).begins().expect(await);
    read.source_gives(100).expect(write_buffer(100)).begins();
    read.expect(on_worker(read_source(buffer, 1))).begins().expect(await);
    read.source_gives(0).expect(await);
    read.sink_gives(100).finishes({}, 100);
}

BOOST_AUTO_TEST_CASE(a_small_file_costs_less_by_a_read_and_a_send)
{
    for (const disk where : {disk::inline_, disk::when_cold, disk::always})
        for (const std::uint64_t size : {4095u, 4096u, 4097u})
        {
            scenario small = file_to(end_kind::stream_socket, size, where);
            small.setup.small_file = 4096;
            small.layers = {exactly(size)};
            script s{small};
            if (size > 4096 && where == disk::inline_)
                s.expect(transfer(method::sendfile, size)).gives(size);
            else if (size > 4096 && where == disk::when_cold)
                s.expect(ask_warmth(size)).gives(size).expect(transfer(method::sendfile, size)).gives(size);
            else if (size > 4096)
                s.expect(open_pipe).done().expect(on_worker(fill_pipe(size))).begins().expect(await);
            else if (where == disk::always)
                s.expect(on_worker(read_source(size))).begins().expect(await);
            else
                s.expect(where == disk::inline_ ? read_source(size) : if_ready(read_source(size))).gives(size);
            if (where == disk::always)
                s.source_gives(size);
            if (size <= 4096)
                s.expect(write_buffer(size)).gives(size);
            else if (where == disk::always)
                s.expect(drain_pipe(size)).gives(size);
            s.finishes({}, size);
        }
}

BOOST_AUTO_TEST_CASE(what_was_sent_before_the_engine_began_counts_once)
{
    scenario range = file_to(end_kind::stream_socket, 16'000);
    range.setup.source.position = 6000; // of which 4000 have been sent
    range.position = 6000;
    source_stack stack{range};
    detail::progress counts = stack.begin_counts();
    counts.go_on_from(4010, 4010, 10);
    detail::copy_engine engine{range.setup, counts};
    engine.start_turn(0);
    const action first = engine.resume({}, stop_request::none);
    BOOST_TEST((first.kind == action_kind::ask_warmth));
    BOOST_TEST(first.offset == 6000u);
    BOOST_TEST(first.length == 10'000u);
    const action then = engine.resume({.bytes = 10'000}, stop_request::none);
    BOOST_TEST((then.kind == action_kind::transfer));
    BOOST_TEST(then.length == 10'000u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kernel_copy::test

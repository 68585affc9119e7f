// Distributed under the Boost Software License, Version 1.0.
#include <support/script.hpp>

#include <boost/test/unit_test.hpp>

#include <cerrno>

namespace kernel_copy::test {

// What writes to a file runs on a worker, whatever the file's disk is doing.

namespace {

constexpr std::uint64_t turn = 256 * 1024;
constexpr std::uint64_t step = 128 * 1024;
constexpr std::uint64_t buffer = 64 * 1024;
const error_code aborted = errno_code(ECANCELED);

scenario to_file(end_kind source, std::uint64_t size = 0)
{
    scenario s = between(source, end_kind::regular_file, size);
    s.setup.disk = disk::when_cold;
    return s;
}

expected moves(method by, std::uint64_t length)
{
    return on_worker(transfer(by, length));
}

} // namespace

BOOST_AUTO_TEST_SUITE(file_sink)

BOOST_AUTO_TEST_CASE(a_socket_fills_a_pipe_that_a_worker_drains)
{
    script s{to_file(end_kind::stream_socket)};
    s.expect(open_pipe).done();
    s.expect(fill_pipe(turn)).gives(50'000);
    s.expect(on_worker(drain_pipe(50'000))).gives(20'000); // answered later
    s.expect(on_worker(drain_pipe(30'000))).gives(30'000);
    s.expect(fill_pipe(turn - 30'000)).gives(10);
    s.expect(on_worker(drain_pipe(10))).fails(ENOSPC);
    s.finishes(errno_code(ENOSPC), 50'000, 50'010);
    BOOST_TEST(s.engine().sink_failed());
}

BOOST_AUTO_TEST_CASE(a_file_that_takes_no_splice_is_written_from_memory_by_a_worker)
{
    script s{to_file(end_kind::stream_socket)};
    s.expect(open_pipe).done();
    s.expect(fill_pipe(turn)).gives(50'000);
    s.expect(on_worker(drain_pipe(50'000))).fails(EINVAL); // O_APPEND
    s.expect(read_pipe(50'000)).gives(50'000);
    s.expect(on_worker(write_buffer(50'000))).gives(10'000);
    s.expect(on_worker(write_buffer(40'000, 10'000))).gives(40'000);
    s.expect(read_source(buffer)).gives(0);
    s.finishes({}, 50'000);
}

BOOST_AUTO_TEST_CASE(a_worker_splices_a_pipe_to_a_file)
{
    script s{to_file(end_kind::pipe)};
    s.expect(moves(method::splice, step)).fails(EAGAIN).expect(wait_source).ready();
    s.expect(moves(method::splice, step)).gives(5000);
    s.expect(moves(method::splice, step)).fails(EAGAIN).expect(wait_source).ready();
    s.expect(moves(method::splice, step)).gives(0);
    s.finishes({}, 5000);
}

BOOST_AUTO_TEST_CASE(a_stream_is_read_while_a_worker_writes)
{
    script s{to_file(end_kind::stream)};
    s.expect(read_source(buffer)).begins().expect(await);
    s.source_gives(100).expect(on_worker(write_buffer(100))).begins();
    s.expect(read_source(buffer, 1)).begins().expect(await);
    s.source_gives(200).expect(await);
    s.sink_gives(60).expect(on_worker(write_buffer(40, 60))).begins().expect(await);
    s.sink_gives(40).expect(on_worker(write_half(1, 200))).begins();
    s.expect(read_source(buffer)).begins().expect(await);
    s.source_gives(0).expect(await);
    s.sink_gives(200).finishes({}, 300);
}

BOOST_AUTO_TEST_CASE(a_worker_that_writes_is_waited_for_when_the_stream_fails_or_all_is_to_end)
{
    script failed{to_file(end_kind::stream)};
    failed.expect(read_source(buffer)).begins().expect(await);
    failed.source_gives(100).expect(on_worker(write_buffer(100))).begins();
    failed.expect(read_source(buffer, 1)).begins().expect(await);
    failed.source_fails(ECONNRESET).expect(await);
    failed.sink_gives(100).finishes(errno_code(ECONNRESET), 100);

    script stopped{to_file(end_kind::stream)};
    stopped.expect(read_source(buffer)).begins().expect(await);
    stopped.source_gives(100).expect(on_worker(write_buffer(100))).begins();
    stopped.expect(read_source(buffer, 1)).begins().expect(await);
    stopped.source_stopped_by(stop_request::terminal).expect(cancel_calls).begins().expect(await);
    stopped.sink_gives(30, stop_request::terminal).finishes(aborted, 30, 100);
}

BOOST_AUTO_TEST_CASE(memory_that_goes_first_is_written_by_a_worker)
{
    scenario prefix = to_file(end_kind::stream_socket);
    prefix.layers = {prefixed(10)};
    script s{prefix};
    s.expect(on_worker(write_memory(10))).gives(4);
    s.expect(on_worker(write_memory(6))).gives(6, stop_request::terminal);
    s.finishes(aborted, 10);
}

BOOST_AUTO_TEST_CASE(file_to_file_moves_in_steps)
{
    script s{to_file(end_kind::regular_file, 300'000)};
    s.expect(moves(method::copy_file_range, step)).gives(step);
    s.expect(moves(method::copy_file_range, step)).gives(step);
    s.expect(moves(method::copy_file_range, step)).gives(300'000 - 2 * step);
    s.expect(moves(method::copy_file_range, step)).gives(0);
    s.finishes({}, 300'000);
}

BOOST_AUTO_TEST_CASE(P22_zero_before_the_known_end_is_for_a_read_to_confirm)
{
    script s{to_file(end_kind::regular_file, 300'000)};
    s.expect(moves(method::copy_file_range, step)).gives(step);
    s.expect(moves(method::copy_file_range, step)).gives(0); // and sendfile is no better
    s.expect(on_worker(read_source(buffer))).begins().expect(await);
    s.source_gives(0).finishes({}, step);
}

BOOST_AUTO_TEST_CASE(each_method_of_file_to_file_is_a_workers)
{
    script s{to_file(end_kind::regular_file, 300'000)};
    s.expect(moves(method::copy_file_range, step)).fails(EXDEV);
    s.expect(moves(method::sendfile, step)).gives(step);
    s.expect(moves(method::sendfile, step)).fails(EINVAL);
    s.expect(on_worker(read_source(buffer))).begins().expect(await);
    s.source_gives(buffer).expect(on_worker(write_buffer(buffer))).begins();
    s.expect(on_worker(read_source(buffer, 1))).begins().expect(await); // both at once
    s.sink_gives(buffer).expect(await);
    s.source_gives(1000).expect(on_worker(write_half(1, 1000))).begins();
    s.expect(on_worker(read_source(buffer))).begins().expect(await);
    s.source_gives(0).expect(await);
    s.sink_gives(1000).finishes({}, step + buffer + 1000);
}

BOOST_AUTO_TEST_CASE(P30_a_full_disk_gives_back_what_was_read_ahead)
{
    scenario copied = to_file(end_kind::regular_file, 300'000);
    copied.setup.methods = {method::buffer};
    script s{copied};
    s.expect(on_worker(read_source(buffer))).begins().expect(await);
    s.source_gives(buffer).expect(on_worker(write_buffer(buffer))).begins();
    s.expect(on_worker(read_source(buffer, 1))).begins().expect(await);
    s.sink_fails(ENOSPC, 4096).expect(cancel_calls).begins().expect(await);
    s.source_gives(buffer, stop_request::terminal).expect(unread_source(2 * buffer - 4096)).done();
    s.finishes(errno_code(ENOSPC), 4096);
}

BOOST_AUTO_TEST_CASE(P23_a_stop_is_seen_when_the_worker_has_answered)
{
    for (const stop_request stop : {stop_request::partial, stop_request::terminal})
        script{to_file(end_kind::regular_file, 300'000)}
            .expect(moves(method::copy_file_range, step))
            .gives(step, stop)
            .finishes(aborted, step);
    script{to_file(end_kind::regular_file, 300'000)} // too late
        .expect(moves(method::copy_file_range, step))
        .gives(step, stop_request::total)
        .expect(moves(method::copy_file_range, step))
        .fails(EIO)
        .finishes(errno_code(EIO), step);
}

BOOST_AUTO_TEST_CASE(a_rate_clamps_file_to_file)
{
    scenario paced = to_file(end_kind::regular_file, 300'000);
    paced.setup.bytes_per_second = 20'000;
    script s{paced};
    s.expect(moves(method::copy_file_range, 1000)).gives(1000);
    s.expect(pace(50'000'000)).ready();
    s.expect(moves(method::copy_file_range, 1000)).gives(1000, stop_request::partial);
    s.finishes(aborted, 2000);
}

BOOST_AUTO_TEST_CASE(without_descriptors_for_a_worker_the_turn_counts)
{
    scenario copied = to_file(end_kind::regular_file, 3'000'000);
    for (const method_set methods : {method_set{}, method_set{method::buffer}})
    {
        copied.setup.methods = methods;
        copy_run run{copied, 3'000'000};
        run.lose_workers();
        std::uint64_t turns = 0;
        for (; !run.finished(); run.go_on())
            turns += run.next().kind == action_kind::yield ? 1u : 0u;
        BOOST_TEST(turns == 3'000'000 / turn);
        BOOST_TEST(run.engine().counts().delivered() == 3'000'000u);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kernel_copy::test

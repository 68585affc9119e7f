// Distributed under the Boost Software License, Version 1.0.
#include <support/script.hpp>

#include <boost/test/unit_test.hpp>

#include <cerrno>

namespace kernel_copy::test {

// How a copy of a cold file through two pipes ends, or goes on otherwise.

namespace {

constexpr std::uint64_t turn = 256 * 1024;
constexpr std::uint64_t capacity = pipe_capacity;
constexpr std::uint64_t buffer = 64 * 1024;
constexpr std::uint64_t size = 150'000;
constexpr std::uint64_t first_sent = 20'000;
const error_code aborted = errno_code(ECANCELED);

scenario file_to_socket()
{
    scenario s = between(end_kind::regular_file, end_kind::stream_socket, size);
    s.setup.disk = disk::when_cold;
    return s;
}

script& with_one_filled(script& s, std::uint64_t bytes)
{
    return s.expect(ask_warmth(size))
        .gives(0)
        .expect(open_pipe)
        .done()
        .expect(on_worker(fill_pipe(capacity)))
        .begins()
        .expect(await)
        .source_gives(bytes);
}

/// 45,536 bytes are in the first pipe, the sink is waited for, and a worker fills the second.
script& with_both_at_work(script& s)
{
    return with_one_filled(s, capacity)
        .expect(drain_pipe(capacity))
        .gives(first_sent)
        .expect(drain_pipe(capacity - first_sent))
        .fails(EAGAIN)
        .expect(wait_sink)
        .begins()
        .expect(ask_warmth(size - capacity, capacity))
        .gives(0)
        .expect(second(open_pipe))
        .done()
        .expect(second(on_worker(fill_pipe(capacity))))
        .begins()
        .expect(await);
}

/// All of `rest` that is to come goes through memory.
script& through_memory(script& s, std::uint64_t rest)
{
    for (std::uint64_t n = 0; rest != 0; rest -= n)
    {
        n = std::min(rest, buffer);
        s.expect(if_ready(read_source(buffer))).gives(n).expect(write_buffer(n)).gives(n);
    }
    return s.expect(read_source(detail::growth_probe)).gives(0);
}

/// A worker has found nothing before the known end: a read is to confirm it.
script& ends_early(script& s, std::uint64_t allowed, int pipes = 1)
{
    s.source_gives(0).expect(return_pipe).done();
    if (pipes == 2)
        s.expect(second(return_pipe)).done();
    s.expect(if_ready(read_source(std::min(buffer, allowed)))).gives(0);
    return s.expect(on_worker(read_source(std::min(buffer, allowed)))).begins().expect(await).source_gives(0);
}

} // namespace

BOOST_AUTO_TEST_SUITE(cold_file_end)

BOOST_AUTO_TEST_CASE(a_file_without_splice_goes_through_memory)
{
    for (const int error : {EINVAL, EPERM, ENOSYS})
    {
        script s{file_to_socket()};
        with_one_filled(s, capacity).expect(drain_pipe(capacity)).fails(EAGAIN).expect(wait_sink).begins();
        s.expect(ask_warmth(size - capacity, capacity)).gives(0).expect(second(open_pipe)).done();
        s.expect(second(on_worker(fill_pipe(capacity)))).begins().expect(await);
        s.source_fails(error).expect(await); // what the first pipe holds comes first
        s.sink_ready().expect(drain_pipe(capacity)).gives(capacity);
        s.expect(return_pipe).done().expect(second(return_pipe)).done();
        if (error != EINVAL)
            s.expect(probe_call(method::splice)).gives(1);
        through_memory(s, size - capacity).finishes({}, size);
    }
}

BOOST_AUTO_TEST_CASE(an_error_of_the_file_comes_after_what_the_other_pipe_holds)
{
    script s{file_to_socket()};
    with_both_at_work(s).source_fails(EIO).expect(await);
    s.sink_ready().expect(drain_pipe(capacity - first_sent)).gives(capacity - first_sent);
    s.finishes(errno_code(EIO), capacity);
    BOOST_TEST(!s.engine().sink_failed());
}

// Nothing is lost or doubled.
BOOST_AUTO_TEST_CASE(P30_a_sink_that_refuses_splices_gets_what_both_pipes_hold_through_memory)
{
    for (const int error : {EINVAL, EPERM, 0})
    {
        script s{file_to_socket()};
        with_both_at_work(s).source_gives(capacity).expect(await);
        s.sink_ready().expect(drain_pipe(capacity - first_sent));
        error != 0 ? s.fails(error) : s.gives(0);
        s.expect(unread_source(2 * capacity - first_sent)).done();
        BOOST_TEST(!s.around().pipe_is_held());
        if (error == EPERM)
            s.expect(probe_call(method::splice)).gives(1);
        through_memory(s, size - first_sent).finishes({}, size);
    }
}

BOOST_AUTO_TEST_CASE(P30_a_sink_that_refuses_waits_for_the_worker_and_gives_back_all)
{
    script s{file_to_socket()};
    with_both_at_work(s).sink_ready().expect(drain_pipe(capacity - first_sent)).fails(EINVAL).expect(await);
    s.source_gives(1000).expect(unread_source(capacity - first_sent + 1000)).done();
    through_memory(s, size - first_sent).finishes({}, size);

    script lost{file_to_socket()}; // and can't be
    with_both_at_work(lost).sink_ready().expect(drain_pipe(capacity - first_sent)).fails(EINVAL).expect(await);
    lost.source_gives(1000).expect(unread_source(capacity - first_sent + 1000)).fails(ESPIPE);
    lost.expect(unread_source(capacity - first_sent + 1000)).fails(ESPIPE);
    lost.expect(push_sink).done();
    lost.finishes(errno_code(ESPIPE), first_sent, capacity + 1000);
}

BOOST_AUTO_TEST_CASE(P30_what_the_worker_answers_after_a_refusal_changes_nothing)
{
    script s{file_to_socket()};
    with_both_at_work(s).sink_ready().expect(drain_pipe(capacity - first_sent)).fails(EINVAL).expect(await);
    s.source_fails(EINVAL).expect(unread_source(capacity - first_sent)).done();
    through_memory(s, size - first_sent).finishes({}, size);
}

BOOST_AUTO_TEST_CASE(P30_a_sink_that_takes_nothing_is_not_taken_for_the_end_of_the_file)
{
    scenario without_memory = file_to_socket();
    without_memory.setup.methods = {method::sendfile, method::splice_through_pipe};
    script s{without_memory};
    with_one_filled(s, capacity).expect(drain_pipe(capacity)).gives(0).expect(unread_source(capacity)).done();
    s.expect(transfer(method::sendfile, size)).gives(size);
    s.expect(transfer(method::sendfile, turn - size)).gives(0).finishes({}, size);
}

BOOST_AUTO_TEST_CASE(a_refusal_counts_more_than_that_the_file_is_warm_again)
{
    script s{file_to_socket()};
    with_one_filled(s, 1000).expect(drain_pipe(1000)).fails(EAGAIN).expect(wait_sink).begins();
    s.expect(ask_warmth(size - 1000, 1000)).gives(size - 1000).expect(await);
    s.sink_ready().expect(drain_pipe(1000)).fails(EINVAL);
    s.expect(unread_source(1000)).done();
    through_memory(s, size).finishes({}, size);
}

BOOST_AUTO_TEST_CASE(the_first_error_of_a_file_may_pass_when_it_is_read_again)
{
    script s{file_to_socket()};
    with_both_at_work(s).source_fails(EIO).expect(await);
    s.sink_ready().expect(drain_pipe(capacity - first_sent)).fails(EINVAL);
    s.expect(unread_source(capacity - first_sent)).done();
    through_memory(s, size - first_sent).finishes({}, size);
}

BOOST_AUTO_TEST_CASE(P30_a_sink_that_fails_ends_when_the_worker_has_answered_and_the_file_gets_all_back)
{
    script s{file_to_socket()};
    with_both_at_work(s).sink_ready().expect(drain_pipe(capacity - first_sent)).fails(EPIPE);
    s.expect(cancel_calls).begins().expect(await);
    s.source_gives(5000, stop_request::terminal).expect(unread_source(capacity - first_sent + 5000)).done();
    s.finishes(errno_code(EPIPE), first_sent);
    BOOST_TEST(s.engine().sink_failed());
}

BOOST_AUTO_TEST_CASE(P19_a_file_that_is_shorter_than_it_was_is_truncated_where_it_ends)
{
    scenario owed = file_to_socket();
    owed.layers = {exactly(size)};
    script s{owed};
    with_both_at_work(s).source_gives(100).expect(await);
    s.sink_ready().expect(drain_pipe(capacity - first_sent)).gives(capacity - first_sent);
    s.expect(second(drain_pipe(100))).gives(100);
    s.expect(ask_warmth(size - capacity - 100, capacity + 100)).gives(0);
    s.expect(second(on_worker(fill_pipe(capacity)))).begins().expect(await);
    ends_early(s, size - capacity - 100, 2).finishes(errc::source_truncated, capacity + 100);
    BOOST_TEST(s.source().limit_left(0) == size - capacity - 100);
}

BOOST_AUTO_TEST_CASE(P6_a_file_that_has_grown_is_followed_by_a_worker)
{
    script s{file_to_socket()};
    with_one_filled(s, capacity).expect(drain_pipe(capacity)).gives(capacity);
    s.expect(ask_warmth(size - capacity, capacity)).gives(0);
    s.expect(on_worker(fill_pipe(capacity))).begins().expect(await);
    s.source_gives(capacity).expect(drain_pipe(capacity)).gives(capacity);
    s.expect(ask_warmth(size - 2 * capacity, 2 * capacity)).gives(0);
    s.expect(on_worker(fill_pipe(capacity))).begins().expect(await);
    s.source_gives(50'000).expect(drain_pipe(50'000)).gives(50'000); // more than was known
    s.expect(ask_warmth(turn, 2 * capacity + 50'000)).gives(0);
    s.expect(on_worker(fill_pipe(capacity))).begins().expect(await);
    s.source_gives(0).finishes({}, 2 * capacity + 50'000);
}

BOOST_AUTO_TEST_CASE(P20_a_range_needs_no_cursor)
{
    scenario range = file_to_socket();
    range.setup.source.position = 5000;
    range.position = 5000;
    range.layers = {exactly(100'000)};
    script s{range};
    s.expect(ask_warmth(100'000, 5000)).gives(0).expect(open_pipe).done();
    s.expect(on_worker(fill_pipe(capacity))).begins().expect(await);
    s.source_gives(capacity).expect(drain_pipe(capacity)).gives(10).expect(drain_pipe(capacity - 10)).fails(EAGAIN);
    s.expect(wait_sink).begins().expect(ask_warmth(100'000 - capacity, 5000 + capacity)).gives(0);
    s.expect(second(open_pipe)).done().expect(second(on_worker(fill_pipe(100'000 - capacity)))).begins();
    s.expect(await).sink_stopped_by(stop_request::terminal).expect(cancel_calls).begins().expect(await);
    s.source_gives(300, stop_request::terminal)
        .expect(unread_source(capacity + 290))
        .done(); // what the pipes hold goes
    s.expect(push_sink).done();
    s.finishes(aborted, 10);
    BOOST_TEST(s.source().position() == 5010u);
}

BOOST_AUTO_TEST_CASE(P23_a_stop_waits_for_the_worker)
{
    script terminal{file_to_socket()};
    with_both_at_work(terminal).sink_stopped_by(stop_request::terminal);
    terminal.expect(cancel_calls).begins().expect(await);
    terminal.source_gives(7, stop_request::terminal).expect(unread_source(capacity - first_sent + 7)).done();
    terminal.expect(push_sink).done();
    terminal.finishes(aborted, first_sent);

    script partial{file_to_socket()};
    with_both_at_work(partial).hears(stop_request::partial);
    partial.sink_ready().expect(drain_pipe(capacity - first_sent)).gives(capacity - first_sent).expect(await);
    partial.source_gives(100, stop_request::partial).expect(second(drain_pipe(100))).gives(100);
    partial.finishes(aborted, capacity + 100);

    script early{file_to_socket()}; // too late for total
    early.expect(ask_warmth(size)).gives(0).expect(open_pipe).done();
    early.expect(on_worker(fill_pipe(capacity))).begins().expect(await);
    early.source_gives(size - 1 - 84'464, stop_request::total).expect(drain_pipe(65'535)).gives(65'535);
    early.expect(ask_warmth(84'465, 65'535)).gives(0);
    early.expect(on_worker(fill_pipe(capacity))).begins().expect(await);
    ends_early(early, buffer).finishes({}, 65'535);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kernel_copy::test

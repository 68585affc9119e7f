// Distributed under the Boost Software License, Version 1.0.
#include <support/script.hpp>

#include <boost/test/unit_test.hpp>

#include <cerrno>

namespace kernel_copy::test {

// A file to a socket, which sendfile moves while it is warm. What is cold goes through two pipes: a worker fills one
// while the other is drained.

namespace {

constexpr std::uint64_t turn = 256 * 1024;
constexpr std::uint64_t capacity = pipe_capacity;
constexpr std::uint64_t believed_for = detail::warm_stretch::believed_for;
constexpr method by = method::sendfile;
const error_code aborted = errno_code(ECANCELED);

scenario file_to_socket(std::uint64_t size)
{
    scenario s = between(end_kind::regular_file, end_kind::stream_socket, size);
    s.setup.disk = disk::when_cold;
    return s;
}

/// A worker has filled the first pipe.
script& with_one_filled(script& s, std::uint64_t rest, std::uint64_t bytes)
{
    return s.expect(ask_warmth(std::min(turn, rest)))
        .gives(0)
        .expect(open_pipe)
        .done()
        .expect(on_worker(fill_pipe(capacity)))
        .begins()
        .expect(await)
        .source_gives(bytes);
}

/// The sink has taken 20,000 bytes of that and is waited for; a worker fills the second.
script& with_both_at_work(script& s, std::uint64_t rest)
{
    return with_one_filled(s, rest, capacity)
        .expect(drain_pipe(capacity))
        .gives(20'000)
        .expect(drain_pipe(capacity - 20'000))
        .fails(EAGAIN)
        .expect(wait_sink)
        .begins()
        .expect(ask_warmth(std::min(turn, rest - capacity), capacity))
        .gives(0)
        .expect(second(open_pipe))
        .done()
        .expect(second(on_worker(fill_pipe(capacity))))
        .begins()
        .expect(await);
}

/// A worker has found nothing before the known end: a read is to confirm it.
script& ends_early(script& s, int pipes = 1)
{
    s.source_gives(0).expect(return_pipe).done();
    if (pipes == 2)
        s.expect(second(return_pipe)).done();
    s.expect(if_ready(read_source(64 * 1024))).gives(0);
    return s.expect(on_worker(read_source(64 * 1024))).begins().expect(await).source_gives(0);
}

} // namespace

BOOST_AUTO_TEST_SUITE(cold_file)

BOOST_AUTO_TEST_CASE(what_is_in_memory_is_sent_at_once)
{
    script s{file_to_socket(10'000)};
    s.expect(ask_warmth(10'000)).gives(10'000);
    s.expect(transfer(by, 10'000)).gives(6000);
    s.expect(transfer(by, 4000)).gives(4000); // said to be warm
    s.expect(transfer(by, detail::growth_probe)).gives(0);
    s.finishes({}, 10'000);
}

BOOST_AUTO_TEST_CASE(what_is_said_to_be_in_memory_is_believed_as_far_as_it_goes_and_for_a_time)
{
    script s{file_to_socket(10'000)};
    s.expect(ask_warmth(10'000)).gives(4096);
    s.expect(transfer(by, 4096)).gives(4096);
    s.expect(ask_warmth(5904, 4096)).gives(5904);
    s.expect(transfer(by, 5904)).fails(EAGAIN);
    s.expect(wait_sink).sink_ready_after(believed_for);
    s.expect(transfer(by, 5904)).gives(904);
    s.expect(transfer(by, 5000)).fails(EAGAIN);
    s.expect(wait_sink).sink_ready_after(1);
    s.expect(ask_warmth(5000, 5000)).gives(5000);
    s.expect(transfer(by, 5000)).gives(5000);
    s.expect(transfer(by, detail::growth_probe)).gives(0);
    s.finishes({}, 10'000);
}

BOOST_AUTO_TEST_CASE(what_was_said_before_a_pause_is_asked_again)
{
    scenario paced = file_to_socket(10'000);
    paced.setup.bytes_per_second = 20'000;
    script s{paced};
    s.expect(ask_warmth(10'000)).gives(10'000);
    s.expect(transfer(by, 1000)).gives(600);
    s.expect(pace(30'000'000)).ready();
    s.expect(ask_warmth(9400, 600)).gives(1000);
    s.expect(transfer(by, 1000)).fails(EPIPE);
    s.expect(push_sink).done();
    s.finishes(errno_code(EPIPE), 600);
}

BOOST_AUTO_TEST_CASE(a_worker_fills_one_pipe_while_the_other_is_drained)
{
    script s{file_to_socket(150'000)};
    with_both_at_work(s, 150'000);
    s.sink_ready().expect(drain_pipe(capacity - 20'000)).gives(capacity - 20'000).expect(await);
    s.source_gives(60'000).expect(second(drain_pipe(60'000))).gives(60'000); // a short count
    s.expect(ask_warmth(24'464, 125'536)).gives(0);
    s.expect(second(on_worker(fill_pipe(capacity)))).begins().expect(await);
    s.source_gives(24'464).expect(second(drain_pipe(24'464))).gives(24'464);
    s.expect(second(on_worker(fill_pipe(capacity)))).begins().expect(await); // has it grown?
    s.source_gives(0).finishes({}, 150'000);
    BOOST_TEST((s.engine().current() == method::splice_through_pipe));
}

BOOST_AUTO_TEST_CASE(both_pipes_full_wait_for_the_sink_alone)
{
    script s{file_to_socket(150'000)};
    with_both_at_work(s, 150'000);
    s.source_gives(capacity).expect(await);
    s.sink_ready().expect(drain_pipe(capacity - 20'000)).gives(capacity - 20'000);
    s.expect(second(drain_pipe(capacity))).fails(EAGAIN).expect(wait_sink).begins();
    s.expect(ask_warmth(150'000 - 2 * capacity, 2 * capacity)).gives(0);
    s.expect(on_worker(fill_pipe(capacity))).begins().expect(await);
    s.sink_ready().expect(second(drain_pipe(capacity))).gives(capacity).expect(await);
    ends_early(s, 2).finishes({}, 2 * capacity);
}

BOOST_AUTO_TEST_CASE(cold_then_warm_then_cold)
{
    script s{file_to_socket(300'000)};
    with_one_filled(s, 300'000, capacity).expect(drain_pipe(capacity)).gives(capacity);
    s.expect(ask_warmth(300'000 - capacity, capacity)).gives(100'000);
    s.expect(return_pipe).done(); // none is held where none is needed
    s.expect(transfer(by, 100'000)).gives(100'000);
    BOOST_TEST((s.engine().current() == by));
    s.expect(ask_warmth(200'000 - capacity, capacity + 100'000)).gives(0);
    s.expect(open_pipe).done();
    s.expect(on_worker(fill_pipe(capacity))).begins().expect(await);
    ends_early(s).finishes({}, capacity + 100'000);
}

BOOST_AUTO_TEST_CASE(what_is_cold_wherever_sendfile_has_got_to_goes_on)
{
    script s{file_to_socket(300'000)};
    std::uint64_t done = 0;
    for (int i = 0; i != 3; ++i)
    {
        s.expect(ask_warmth(std::min(turn, 300'000 - done), done)).gives(0);
        s.expect(open_pipe).done();
        s.expect(on_worker(fill_pipe(capacity))).begins().expect(await);
        s.source_gives(capacity).expect(drain_pipe(capacity)).gives(capacity);
        done += capacity;
        s.expect(ask_warmth(300'000 - done, done)).gives(10);
        s.expect(return_pipe).done();
        if (i == 2)
            break;
        s.expect(transfer(by, 10)).gives(10);
        done += 10;
    }
    s.expect(transfer(by, 10)).fails(EIO).finishes(errno_code(EIO), done);
}

BOOST_AUTO_TEST_CASE(warm_again_while_the_sink_is_waited_for_delivers_what_the_pipe_holds_first)
{
    script s{file_to_socket(100'000)};
    with_one_filled(s, 100'000, 50'000).expect(drain_pipe(50'000)).fails(EAGAIN).expect(wait_sink).begins();
    s.expect(ask_warmth(50'000, 50'000)).gives(50'000).expect(await);
    s.sink_ready().expect(drain_pipe(50'000)).gives(50'000);
    s.expect(return_pipe).done();
    s.expect(transfer(by, 50'000)).gives(50'000);
    s.expect(transfer(by, detail::growth_probe)).gives(0);
    s.finishes({}, 100'000);
}

BOOST_AUTO_TEST_CASE(one_pipe_serves_if_there_is_no_second)
{
    script s{file_to_socket(100'000)};
    with_one_filled(s, 100'000, capacity).expect(drain_pipe(capacity)).fails(EAGAIN).expect(wait_sink).begins();
    s.expect(ask_warmth(100'000 - capacity, capacity)).gives(0);
    s.expect(second(open_pipe)).fails(EMFILE).expect(await);
    s.sink_ready().expect(drain_pipe(capacity)).gives(capacity);
    s.expect(on_worker(fill_pipe(capacity))).begins().expect(await);
    s.source_gives(100'000 - capacity);
    s.expect(drain_pipe(100'000 - capacity)).fails(EAGAIN).expect(wait_sink).begins();
    s.expect(await); // and is not asked for again
    s.sink_ready().expect(drain_pipe(100'000 - capacity)).gives(100'000 - capacity);
    s.expect(on_worker(fill_pipe(capacity))).begins().expect(await);
    s.source_gives(0).finishes({}, 100'000);
}

BOOST_AUTO_TEST_CASE(without_a_pipe_memory_serves)
{
    for (const int error : {EMFILE, ENFILE})
    {
        script s{file_to_socket(70'000)};
        s.expect(ask_warmth(70'000)).gives(0);
        s.expect(open_pipe).fails(error);
        s.expect(if_ready(read_source(65'536))).fails(EAGAIN);
        s.expect(on_worker(read_source(65'536))).begins().expect(await);
        s.source_gives(65'536).expect(write_buffer(65'536)).gives(65'536);
        s.expect(if_ready(read_source(65'536))).gives(4464);
        s.expect(write_buffer(4464)).gives(4464);
        s.expect(read_source(detail::growth_probe)).gives(0); // at its known end it waits for no disk
        s.finishes({}, 70'000);
        BOOST_TEST(s.engine().given_up(method::splice_through_pipe) == errno_code(error));
    }
}

BOOST_AUTO_TEST_CASE(a_pipe_that_was_filled_grows_once_or_serves_as_it_is)
{
    scenario large = file_to_socket(300'000);
    large.setup.pipe_capacity = 128 * 1024;
    for (const bool refused : {false, true})
    {
        script s{large};
        with_one_filled(s, 300'000, capacity).expect(drain_pipe(capacity)).gives(capacity);
        s.expect(ask_warmth(300'000 - capacity, capacity)).gives(0);
        s.expect(grow_pipe);
        refused ? s.fails(EPERM) : s.done();
        const std::uint64_t now = refused ? capacity : 128 * 1024;
        s.expect(on_worker(fill_pipe(now))).begins().expect(await);
        s.source_gives(now).expect(drain_pipe(now)).gives(now);
        s.expect(ask_warmth(300'000 - capacity - now, capacity + now)).gives(0);
        s.expect(on_worker(fill_pipe(now))).begins().expect(await);
        ends_early(s).finishes({}, capacity + now);
    }
}

BOOST_AUTO_TEST_CASE(a_rate_clamps_what_a_worker_does_and_its_pause_holds_no_pipe)
{
    scenario paced = file_to_socket(10'000);
    paced.setup.bytes_per_second = 20'000;
    script s{paced};
    s.expect(ask_warmth(10'000)).gives(0);
    s.expect(open_pipe).done();
    s.expect(on_worker(fill_pipe(1000))).begins().expect(await);
    s.source_gives(1000).expect(drain_pipe(1000)).gives(1000);
    s.expect(return_pipe).done();
    s.expect(pace(50'000'000)).ready();
    s.expect(ask_warmth(9000, 1000)).gives(0);
    s.expect(open_pipe).done();
    s.expect(on_worker(fill_pipe(1000))).begins().expect(await);
    s.source_fails(EIO).finishes(errno_code(EIO), 1000);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kernel_copy::test

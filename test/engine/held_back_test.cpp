// Distributed under the Boost Software License, Version 1.0.
#include <support/script.hpp>

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <vector>

namespace kernel_copy::test {

// A socket that was told that more comes may hold back the beginning of it. When no more comes it is pushed, once.

namespace {

constexpr std::uint64_t turn = 256 * 1024;
constexpr std::uint64_t buffer = 64 * 1024;
constexpr method by = method::sendfile;
const error_code aborted = errno_code(ECANCELED);

scenario with_header(std::uint64_t size, std::size_t header = 300)
{
    scenario s = between(end_kind::regular_file, end_kind::stream_socket, size);
    s.layers = {prefixed(header)};
    return s;
}

/// The header has gone out with the word that a file follows.
script& header(script& s, std::uint64_t bytes = 300)
{
    return s.expect(with_more(write_memory(bytes))).gives(bytes);
}

/// Of a cold file.
script& reads_nothing(script& s)
{
    s.expect(if_ready(read_source(buffer))).gives(0);
    return s.expect(on_worker(read_source(buffer))).begins().expect(await).source_gives(0);
}

} // namespace

BOOST_AUTO_TEST_SUITE(held_back)

BOOST_AUTO_TEST_CASE(P21_a_header_and_its_file_need_no_push)
{
    script s{with_header(1000)};
    header(s).expect(transfer(by, 1000)).gives(1000);
    s.expect(transfer(by, turn - 1300)).gives(0).finishes({}, 1300);
}

// Sent before there was an engine.
BOOST_AUTO_TEST_CASE(P21_what_is_held_back_when_it_begins_is_pushed_when_no_more_comes)
{
    scenario begun = between(end_kind::regular_file, end_kind::stream_socket, 1000);
    begun.setup.held_back = true;
    script failed{begun};
    failed.expect(transfer(by, 1000)).fails(EIO).expect(push_sink).done();
    failed.finishes(errno_code(EIO), 0);
    script sent{begun};
    sent.expect(transfer(by, 1000)).gives(1000).expect(transfer(by, turn - 1000)).gives(0);
    sent.finishes({}, 1000);
}

BOOST_AUTO_TEST_CASE(P21_a_file_that_has_nothing_more_or_fails_leaves_its_header_to_be_pushed)
{
    script empty{with_header(1000)};
    header(empty).expect(transfer(by, 1000)).gives(0).expect(read_source(buffer)).gives(0).expect(push_sink).done();
    empty.finishes({}, 300);

    script failed{with_header(1000)};
    header(failed).expect(transfer(by, 1000)).fails(EIO).expect(push_sink).done();
    failed.finishes(errno_code(EIO), 300);

    scenario owed = with_header(1000);
    owed.layers.push_back(exactly(1000));
    script truncated{owed};
    header(truncated).expect(transfer(by, 1000)).gives(400).expect(transfer(by, 600)).gives(0);
    truncated.expect(read_source(600)).gives(0);
    truncated.expect(push_sink).fails(ENOTCONN); // which changes nothing
    truncated.finishes(errc::source_truncated, 700);
}

BOOST_AUTO_TEST_CASE(P21_a_sink_that_has_failed_is_left_alone)
{
    script s{with_header(1000)};
    s.expect(with_more(write_memory(300))).gives(100).expect(with_more(write_memory(200))).fails(EPIPE);
    s.finishes(errno_code(EPIPE), 100);
    script waited{with_header(1000)};
    waited.expect(with_more(write_memory(300))).gives(100).expect(with_more(write_memory(200))).fails(EAGAIN);
    waited.expect(wait_sink).fails(EBADF).finishes(errno_code(EBADF), 100);
}

BOOST_AUTO_TEST_CASE(P21_every_stop_leaves_the_sink_pushed)
{
    for (const stop_request stop : {stop_request::partial, stop_request::terminal})
    {
        script header_only{with_header(1000)};
        header_only.expect(with_more(write_memory(300))).gives(300, stop).expect(push_sink).done();
        header_only.finishes(aborted, 300);

        script short_count{with_header(1000)};
        header(short_count).expect(transfer(by, 1000)).gives(10, stop).expect(push_sink).done();
        short_count.finishes(aborted, 310);

        script waits{with_header(1000)};
        header(waits).expect(transfer(by, 1000)).fails(EAGAIN).expect(wait_sink).stopped_by(stop);
        waits.expect(push_sink).done().finishes(aborted, 300);
    }
    script late{with_header(1000)};
    header(late).expect(transfer(by, 1000)).gives(10, stop_request::total).expect(transfer(by, 990)).gives(990);
    late.expect(transfer(by, turn - 1300)).gives(0).finishes({}, 1300);
}

BOOST_AUTO_TEST_CASE(P21_all_headers_but_nothing_behind_a_limit_or_an_unknown_end_say_that_more_comes)
{
    scenario two = with_header(1000, 10);
    two.layers.push_back(prefixed(20));
    script s{two};
    header(header(s, 10), 20).expect(transfer(by, 1000)).gives(1000);
    s.expect(transfer(by, turn - 1030)).gives(0).finishes({}, 1030);

    scenario limited = with_header(1000, 10);
    limited.layers.insert(limited.layers.begin(), take(10));
    script{limited}.expect(write_memory(10)).gives(10).finishes({}, 10);

    script empty{with_header(0, 10)}; // procfs, for one
    empty.expect(write_memory(10)).gives(10).expect(read_source(buffer)).gives(0).finishes({}, 10);

    for (const end_kind sink : {end_kind::pipe, end_kind::regular_file, end_kind::other, end_kind::stream})
    {
        scenario other = with_header(1000, 10);
        other.setup.sink.kind = sink;
        other.setup.methods = {method::buffer};
        script to{other};
        to.expect(write_memory(10)).gives(10);
        if (sink == end_kind::stream)
        {
            to.expect(read_source(buffer)).gives(5).expect(write_buffer(5)).begins();
            to.expect(read_source(buffer, 1)).gives(0).expect(await).sink_gives(5);
        }
        else
            to.expect(read_source(buffer))
                .gives(5)
                .expect(write_buffer(5))
                .gives(5)
                .expect(read_source(buffer))
                .gives(0);
        to.finishes({}, 15);
    }
}

BOOST_AUTO_TEST_CASE(P21_what_goes_on_through_memory_needs_no_push)
{
    script s{with_header(1000)};
    header(s).expect(transfer(by, 1000)).gives(10).expect(transfer(by, 990)).fails(EINVAL);
    s.expect(read_source(buffer)).gives(990).expect(write_buffer(990)).gives(990);
    s.expect(read_source(buffer)).gives(0).finishes({}, 1300);

    script ends{with_header(1000)};
    header(ends).expect(transfer(by, 1000)).gives(10).expect(transfer(by, 990)).fails(EINVAL);
    ends.expect(read_source(buffer)).gives(0).expect(push_sink).done();
    ends.finishes({}, 310);
}

BOOST_AUTO_TEST_CASE(P21_a_header_before_a_cold_file)
{
    scenario cold = with_header(100'000);
    cold.setup.disk = disk::when_cold;
    script s{cold};
    header(s).expect(ask_warmth(100'000)).gives(0).expect(open_pipe).done();
    s.expect(on_worker(fill_pipe(pipe_capacity))).begins().expect(await);
    s.source_gives(0).expect(return_pipe).done();
    reads_nothing(s);
    s.expect(push_sink).done();
    s.finishes({}, 300);

    script partly{cold}; // what stays in the pipe had its beginning sent with the word that more comes
    header(partly).expect(ask_warmth(100'000)).gives(0).expect(open_pipe).done();
    partly.expect(on_worker(fill_pipe(pipe_capacity))).begins().expect(await).source_gives(5000);
    partly.expect(drain_pipe(5000)).gives(4000).expect(drain_pipe(1000)).fails(EINVAL);
    partly.expect(unread_source(1000)).done();
    partly.expect(if_ready(read_source(buffer))).fails(EAGAIN);
    partly.expect(on_worker(read_source(buffer))).begins().expect(await).source_fails(EIO);
    partly.expect(push_sink).done();
    partly.finishes(errno_code(EIO), 4300);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kernel_copy::test

// Distributed under the Boost Software License, Version 1.0.
#include <support/script.hpp>

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <string>
#include <vector>

namespace kernel_copy::test {

namespace {

/// So that a portion is a thousand bytes, and worth fifty milliseconds.
constexpr std::uint64_t rate = 20'000;
constexpr std::uint64_t portion = rate / 20;
constexpr std::uint64_t worth = 50'000'000;

scenario paced(end_kind source, end_kind sink, std::uint64_t size = 0)
{
    scenario s = between(source, sink, size);
    s.setup.bytes_per_second = rate;
    return s;
}

expected a_portion_long()
{
    return pace(worth);
}

} // namespace

BOOST_AUTO_TEST_SUITE(paced_copy)

BOOST_AUTO_TEST_CASE(a_direct_transfer_is_clamped_and_pauses)
{
    script{paced(end_kind::regular_file, end_kind::stream_socket, 2500)}
        .expect(transfer(method::sendfile, portion))
        .gives(600)
        .expect(pace(worth * 600 / 1000)) // 400 are left, and less than a portion is not asked for
        .ready()
        .expect(transfer(method::sendfile, portion))
        .gives(portion)
        .expect(a_portion_long())
        .ready()
        .expect(transfer(method::sendfile, 900))
        .gives(900)
        .expect(pace(worth * 900 / 1000))
        .ready()
        .expect(transfer(method::sendfile, portion))
        .gives(0)
        .finishes({}, 2500);
}

BOOST_AUTO_TEST_CASE(a_pipe_is_given_back_before_a_pause)
{
    script{paced(end_kind::stream_socket, end_kind::stream_socket)}
        .expect(open_pipe)
        .done()
        .expect(fill_pipe(portion))
        .gives(portion)
        .expect(drain_pipe(portion))
        .gives(400)
        .expect(drain_pipe(600))
        .gives(600)
        .expect(return_pipe)
        .done()
        .expect(a_portion_long())
        .ready()
        .expect(open_pipe)
        .done()
        .expect(fill_pipe(portion))
        .gives(0)
        .finishes({}, portion);
}

BOOST_AUTO_TEST_CASE(a_buffer_is_written_out_before_a_pause)
{
    script{paced(end_kind::stream_socket, end_kind::other)}
        .expect(read_source(portion))
        .gives(portion)
        .expect(write_buffer(portion))
        .fails(EAGAIN)
        .expect(wait_sink)
        .ready()
        .expect(write_buffer(portion))
        .gives(portion)
        .expect(a_portion_long())
        .ready()
        .expect(read_source(portion))
        .gives(0)
        .finishes({}, portion);
}

BOOST_AUTO_TEST_CASE(memory_counts_too)
{
    scenario s = paced(end_kind::stream_socket, end_kind::other);
    s.layers = {prefixed(1500)};
    script{s}
        .expect(write_memory(portion))
        .gives(portion)
        .expect(a_portion_long())
        .ready()
        .expect(write_memory(500))
        .gives(500)
        .expect(pace(worth / 2))
        .ready()
        .expect(read_source(portion))
        .gives(0)
        .finishes({}, 1500);
}

BOOST_AUTO_TEST_CASE(streams_pause_with_nothing_under_way)
{
    script s{paced(end_kind::stream, end_kind::stream)};
    s.expect(read_source(portion)).begins().expect(await);
    s.source_gives(portion).expect(write_buffer(portion)).begins().expect(await); // nothing more may be read
    s.sink_gives(portion).expect(a_portion_long()).ready();
    s.expect(read_source(portion)).begins().expect(await);
    s.source_gives(0).finishes({}, portion);
}

BOOST_AUTO_TEST_CASE(a_descriptor_is_not_read_ahead_of_the_rate)
{
    script s{paced(end_kind::stream_socket, end_kind::stream)};
    s.expect(read_source(portion)).gives(portion);
    s.expect(write_buffer(portion)).begins().expect(await);
    s.sink_gives(portion).expect(a_portion_long()).ready();
    s.expect(read_source(portion)).fails(EAGAIN);
    s.expect(wait_source).begins().expect(await);
    s.source_ready().expect(read_source(portion)).gives(0);
    s.finishes({}, portion);
}

BOOST_AUTO_TEST_CASE(adaptive_keeps_a_rate)
{
    scenario s = paced(end_kind::stream_socket, end_kind::stream_socket);
    s.setup.adaptive = true;
    script{s}
        .expect(read_source(portion))
        .gives(portion)
        .expect(write_buffer(portion))
        .gives(portion)
        .expect(a_portion_long())
        .ready()
        .expect(read_source(portion))
        .gives(0)
        .finishes({}, portion);
}

BOOST_AUTO_TEST_CASE(the_turn_is_the_less_that_counts)
{
    scenario s = paced(end_kind::regular_file, end_kind::stream_socket, 5000);
    s.setup.turn_budget = 600;
    script{s}
        .expect(transfer(method::sendfile, 600))
        .gives(600)
        .expect(pace(worth * 600 / 1000)) // also the turn is spent
        .ready()
        .expect(transfer(method::sendfile, 600))
        .gives(0)
        .expect(read_source(600))
        .gives(0)
        .finishes({}, 600);
}

BOOST_AUTO_TEST_CASE(a_pause_ends_with_a_request)
{
    for (const stop_request stop :
         {stop_request::total, stop_request::dry, stop_request::partial, stop_request::terminal})
    {
        scenario s = paced(end_kind::stream_socket, end_kind::other);
        const bool counts = stop != stop_request::total;
        script c{s};
        c.expect(read_source(portion)).gives(portion).expect(write_buffer(portion)).gives(portion);
        c.expect(a_portion_long());
        if (counts)
            c.ready(stop).finishes(errno_code(ECANCELED), portion);
        else
            c.ready(stop).expect(a_portion_long()).ready().expect(read_source(portion)).gives(0).finishes({}, portion);
    }
}

BOOST_AUTO_TEST_CASE(a_limit_that_is_reached_needs_no_pause)
{
    scenario s = paced(end_kind::regular_file, end_kind::stream_socket, 5000);
    s.layers = {take(portion)};
    script{s}.expect(transfer(method::sendfile, portion)).gives(portion).finishes({}, portion);
}

BOOST_AUTO_TEST_CASE(every_machine_keeps_a_rate_to_the_end)
{
    struct ends
    {
        end_kind source;
        end_kind sink;
        method_set methods{};
        bool adaptive = false;
    };
    const std::vector<ends> all{{end_kind::regular_file, end_kind::regular_file},
                                {end_kind::regular_file, end_kind::stream_socket},
                                {end_kind::pipe, end_kind::stream_socket},
                                {end_kind::stream_socket, end_kind::stream_socket},
                                {end_kind::stream_socket, end_kind::stream_socket, {}, true},
                                {end_kind::stream_socket, end_kind::stream_socket, {method::buffer}},
                                {end_kind::stream, end_kind::stream},
                                {end_kind::stream, end_kind::stream_socket},
                                {end_kind::regular_file, end_kind::stream}};
    constexpr std::uint64_t size = 100'000;
    for (const ends& e : all)
        for (const std::uint64_t bytes_per_second :
             {std::uint64_t{777}, std::uint64_t{200'003}, std::uint64_t{1} << 33})
            for (const temper& how :
                 {temper{}, temper{.most_per_call = 299, .nanoseconds_per_step = 77'777},
                  temper{.blocks_every_other_call = true, .nanoseconds_per_step = 1},
                  temper{.most_per_call = 5001, .order = first_answer::source, .nanoseconds_per_step = 40'000'001}})
            {
                scenario s = between(e.source, e.sink, e.source == end_kind::regular_file ? size : 0);
                s.layers = {prefixed(3000)};
                s.setup.methods = e.methods;
                s.setup.adaptive = e.adaptive;
                s.setup.buffer_size = 5000;
                s.setup.bytes_per_second = bytes_per_second;
                copy_run run{s, size, how};
                BOOST_CHECK_NO_THROW(run.run_on());
                BOOST_TEST(run.engine().counts().delivered() == size + 3000);
            }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kernel_copy::test

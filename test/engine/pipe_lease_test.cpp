// Distributed under the Boost Software License, Version 1.0.
#include <support/pipe_scenarios.hpp>

#include <boost/test/unit_test.hpp>

#include <cerrno>

namespace kernel_copy::test {

namespace {

constexpr method by = method::splice_through_pipe;
constexpr std::uint64_t turn = 256 * 1024;

} // namespace

BOOST_AUTO_TEST_SUITE(pipe_lease)

BOOST_AUTO_TEST_CASE(P10_a_pipe_grows_once_and_only_for_bulk)
{
    // A fill takes as much as the pipe is made for. That it can't grow is no matter.
    scenario bulk = socket_to_socket();
    bulk.setup.pipe_capacity = 1 << 20;
    for (const bool grows : {true, false})
    {
        script s{bulk};
        s.expect(open_pipe).done();
        s.expect(fill_pipe(turn)).gives(turn);
        s.expect(drain_pipe(turn)).gives(turn);
        if (grows)
            s.expect(grow_pipe).done();
        else
            s.expect(grow_pipe).fails(EPERM);
        s.expect(yield).ready();
        s.expect(fill_pipe(turn)).gives(turn);
        s.expect(drain_pipe(turn)).gives(turn);
        s.expect(yield).ready();
        s.expect(fill_pipe(turn)).gives(0);
        s.finishes({}, 2 * turn);
    }
    // What takes less than the pipe is made for never makes it grow, however often.
    script small{bulk};
    for (int i = 0; i != 4; ++i)
    {
        small.expect(open_pipe).done();
        small.expect(fill_pipe(turn)).gives(pipe_capacity - 1);
        small.expect(drain_pipe(pipe_capacity - 1)).gives(pipe_capacity - 1);
        if (i == 0) // once the source is known to say so, a short fill is as good as an EAGAIN
            small.expect(fill_pipe(turn - (pipe_capacity - 1))).fails(EAGAIN);
        small.expect(return_pipe).done();
        small.expect(wait_source).ready();
    }
    small.expect(open_pipe).done();
    small.expect(fill_pipe(turn)).gives(0);
    small.finishes({}, 4 * (pipe_capacity - 1));
}

BOOST_AUTO_TEST_CASE(a_pipe_that_is_large_enough_is_not_grown)
{
    scenario bulk = socket_to_socket();
    for (const std::uint64_t wanted : {std::uint64_t{0}, pipe_capacity, std::uint64_t{1} << 20})
    {
        bulk.setup.pipe_capacity = wanted;
        script s{bulk};
        s.expect(open_pipe).gives(std::uint64_t{1} << 20);
        s.expect(fill_pipe(turn)).gives(turn);
        s.expect(drain_pipe(turn)).gives(turn);
        s.expect(yield).ready();
        s.expect(fill_pipe(turn)).gives(0);
        s.finishes({}, turn);
    }
}

BOOST_AUTO_TEST_CASE(a_pipe_that_was_opened_again_is_grown_again)
{
    scenario bulk = socket_to_socket();
    bulk.setup.pipe_capacity = 1 << 20;
    script s{bulk};
    for (int i = 0; i != 2; ++i)
    {
        s.expect(open_pipe).done();
        s.expect(fill_pipe(turn)).gives(turn);
        s.expect(drain_pipe(turn)).gives(turn);
        s.expect(grow_pipe).done();
        s.expect(yield).ready();
        s.expect(fill_pipe(turn)).fails(EAGAIN);
        s.expect(return_pipe).done();
        s.expect(wait_source).ready();
    }
    s.expect(open_pipe).done();
    s.expect(fill_pipe(turn)).gives(0);
    s.finishes({}, 2 * turn);
}

BOOST_AUTO_TEST_CASE(an_idle_direction_holds_no_pipe)
{
    script s{socket_to_socket()};
    s.expect(open_pipe).done();
    s.expect(fill_pipe(turn)).fails(EAGAIN);
    for (int i = 0; i != 3; ++i)
    {
        s.expect(return_pipe).done();
        s.expect(wait_source).ready();
        s.expect(open_pipe).done();
        s.expect(fill_pipe(turn)).gives(10);
        s.expect(drain_pipe(10)).gives(10);
    }
    s.expect(return_pipe).done();
    s.expect(wait_source).ready();
    s.expect(open_pipe).done();
    s.expect(fill_pipe(turn)).gives(0);
    s.finishes({}, 30);
}

BOOST_AUTO_TEST_CASE(P10_without_a_pipe_the_buffer_does_it)
{
    for (const int error : {EMFILE, ENFILE, ENOSYS, ENOMEM})
    {
        script s{socket_to_socket()};
        s.expect(open_pipe).fails(error);
        s.expect(read_source(65536)).gives(0);
        s.finishes({}, 0);
        BOOST_TEST(s.engine().given_up(by) == errno_code(error));
    }
    script{without_buffer()}.expect(open_pipe).fails(EMFILE).finishes(errno_code(EMFILE), 0);
}

BOOST_AUTO_TEST_CASE(a_pipe_that_can_not_be_had_again_hands_over_to_the_buffer)
{
    script{socket_to_socket()}
        .expect(open_pipe)
        .done()
        .expect(fill_pipe(turn))
        .fails(EAGAIN)
        .expect(return_pipe)
        .done()
        .expect(wait_source)
        .ready()
        .expect(open_pipe)
        .fails(EMFILE)
        .expect(read_source(65536))
        .gives(7)
        .expect(write_buffer(7))
        .gives(7)
        .expect(read_source(65536))
        .gives(0)
        .finishes({}, 7);
}

BOOST_AUTO_TEST_CASE(P1_a_source_that_was_waited_for_and_gives_nothing_is_asked)
{
    script s{socket_to_socket()};
    s.expect(open_pipe).done();
    s.expect(fill_pipe(turn)).fails(EAGAIN);
    s.expect(return_pipe).done();
    s.expect(wait_source).ready();
    s.expect(open_pipe).done();
    s.expect(fill_pipe(turn)).fails(EAGAIN);
    s.expect(ask_readiness).gives(0); // the wait had woken too early
    s.expect(return_pipe).done();
    s.expect(wait_source).ready();
    s.expect(open_pipe).done();
    s.expect(fill_pipe(turn)).fails(EAGAIN);
    s.expect(ask_readiness).gives(detail::source_ready); // a race, as it gives something now
    s.expect(fill_pipe(turn)).gives(1);
    s.expect(drain_pipe(1)).gives(1);
    s.expect(return_pipe).done();
    s.expect(wait_source).ready();
    s.expect(open_pipe).done();
    for (unsigned i = 0; i != detail::most_unexplained; ++i)
    {
        s.expect(fill_pipe(turn)).fails(EAGAIN);
        s.expect(ask_readiness).gives(detail::source_ready); // an urgent mark: only a receive steps over it
    }
    s.expect(fill_pipe(turn)).fails(EAGAIN);
    s.expect(read_source(65536)).gives(10);
    s.expect(write_buffer(10)).gives(10);
    s.expect(read_source(65536)).gives(0);
    s.finishes({}, 11);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kernel_copy::test

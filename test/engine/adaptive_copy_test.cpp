// Distributed under the Boost Software License, Version 1.0.
#include <support/adaptive_script.hpp>

#include <boost/test/unit_test.hpp>

#include <cerrno>

namespace kernel_copy::test {

namespace {

using namespace adaptive_script;

constexpr method pipe = method::splice_through_pipe;

} // namespace

BOOST_AUTO_TEST_SUITE(adaptive_copy)

BOOST_AUTO_TEST_CASE(small_messages_never_see_a_pipe)
{
    bulk b;
    for (unsigned i = 0; i != 3 * price(); ++i)
        b.read(100);
    b.ends_in_memory();
}

BOOST_AUTO_TEST_CASE(bulk_is_copied_first_and_then_spliced)
{
    bulk b;
    b.reads(price());
    BOOST_TEST((b.s.engine().current() == pipe));
    b.s.expect(open_pipe).done();
    b.fills(3, 100'000);
    b.s.expect(fill_pipe(b.left())).gives(0);
    b.s.finishes({}, b.moved);
    BOOST_TEST(!b.s.engine().given_up(pipe));
}

BOOST_AUTO_TEST_CASE(small_fills_lead_back_to_memory_and_the_next_pipe_costs_double)
{
    bulk b;
    b.reads(price());
    b.s.expect(open_pipe).done();
    b.fills(1, 100'000);
    b.fills(patience(), 10);
    b.s.expect(return_pipe).done();
    b.reads(price(1));
    b.s.expect(open_pipe).done();
    b.fills(1, 100'000);
    b.s.expect(fill_pipe(b.left())).fails(EAGAIN);
    b.s.expect(return_pipe).done();
    // A source that has said once that it is dry is waited for after each fill that it could not satisfy.
    for (unsigned i = 0; i != patience(); ++i)
    {
        b.wait();
        b.s.expect(open_pipe).done();
        b.fills(1, 10);
        b.s.expect(return_pipe).done();
    }
    b.ends_in_memory();
}

BOOST_AUTO_TEST_CASE(each_pipe_has_to_pay_for_itself)
{
    bulk b;
    b.reads(price());
    b.s.expect(open_pipe).done();
    b.fills(fills_that_pay(), 100'000);
    b.fills(patience(), 10);
    b.s.expect(return_pipe).done();
    b.reads(price()); // that one has paid off
    b.s.expect(open_pipe).done();
    b.fills(patience(), 10);
    b.s.expect(return_pipe).done();
    b.reads(price(1)); // this one has not
    b.s.expect(open_pipe).done();
    b.s.expect(fill_pipe(b.left())).gives(0);
    b.s.finishes({}, b.moved);
}

BOOST_AUTO_TEST_CASE(a_pipe_that_was_returned_for_a_wait_is_not_returned_twice)
{
    bulk b;
    b.reads(price());
    b.s.expect(open_pipe).done();
    b.fills(patience() - 1, 10);
    b.s.expect(fill_pipe(b.left())).fails(EAGAIN);
    b.s.expect(return_pipe).done();
    b.wait();
    b.s.expect(open_pipe).done();
    b.fills(1, 10); // waits between them change nothing
    b.s.expect(return_pipe).done();
    b.ends_in_memory();
}

BOOST_AUTO_TEST_CASE(P10_without_a_pipe_the_copy_goes_on_and_tries_again_later)
{
    bulk b;
    b.reads(price());
    b.s.expect(open_pipe).fails(EMFILE);
    BOOST_TEST(b.s.engine().given_up(pipe) == errno_code(EMFILE));
    b.reads(price(1));
    b.s.expect(open_pipe).fails(ENFILE);
    b.reads(price(2));
    b.s.expect(open_pipe).done();
    b.fills(1, 100'000);
    b.s.expect(fill_pipe(b.left())).gives(0);
    b.s.finishes({}, b.moved);
}

BOOST_AUTO_TEST_CASE(a_pipe_can_be_refused_again_after_a_wait)
{
    bulk b;
    b.reads(price());
    b.s.expect(open_pipe).done();
    b.s.expect(fill_pipe(b.left())).fails(EAGAIN);
    b.s.expect(return_pipe).done();
    b.wait();
    b.s.expect(open_pipe).fails(EMFILE);
    b.reads(price(1));
    b.s.expect(open_pipe).done();
    b.s.expect(fill_pipe(b.left())).gives(0);
    b.s.finishes({}, b.moved);
}

BOOST_AUTO_TEST_CASE(a_refused_splice_ends_it_for_good)
{
    bulk b;
    b.reads(price());
    b.s.expect(open_pipe).done();
    b.s.expect(fill_pipe(b.left())).fails(EINVAL);
    b.reads(4 * price());
    b.ends_in_memory();
    BOOST_TEST(b.s.engine().given_up(pipe) == errno_code(EINVAL));
}

BOOST_AUTO_TEST_CASE(P12_a_refused_drain_is_read_back_and_ends_it_for_good)
{
    bulk b;
    b.reads(price());
    b.s.expect(open_pipe).done();
    b.s.expect(fill_pipe(b.left())).gives(buffer + 10);
    b.s.expect(drain_pipe(buffer + 10)).fails(EINVAL);
    b.s.expect(read_pipe(buffer)).gives(buffer);
    b.s.expect(write_buffer(buffer)).gives(buffer);
    b.s.expect(read_pipe(10)).gives(10);
    b.s.expect(write_buffer(10)).gives(10);
    b.moved += buffer + 10;
    b.reads(4 * price());
    b.ends_in_memory();
}

BOOST_AUTO_TEST_CASE(P1_an_unexplained_EAGAIN_ends_it_for_good)
{
    bulk b;
    b.reads(price());
    b.s.expect(open_pipe).done();
    b.s.expect(fill_pipe(b.left())).fails(EAGAIN);
    b.s.expect(return_pipe).done();
    b.wait();
    b.s.expect(open_pipe).done();
    for (unsigned i = 0; i != detail::most_unexplained; ++i)
    {
        b.s.expect(fill_pipe(b.left())).fails(EAGAIN);
        b.s.expect(ask_readiness).gives(detail::source_ready);
    }
    b.s.expect(fill_pipe(b.left())).fails(EAGAIN);
    b.reads(4 * price());
    b.ends_in_memory();
}

BOOST_AUTO_TEST_CASE(a_short_read_of_a_source_that_can_be_waited_for_saves_the_next)
{
    bulk b;
    b.read(100); // whether it can block is not known yet
    b.s.expect(read_source(buffer)).fails(EAGAIN);
    b.wait();
    b.read(100);
    b.wait();
    b.read(buffer); // perhaps there is more
    b.read(7);
    b.wait();
    b.ends_in_memory();
}

BOOST_AUTO_TEST_CASE(the_rest_of_a_turn_does_not_start_the_row_anew)
{
    scenario s = sockets();
    s.setup.turn_budget = (price() - 1) * buffer + 100;
    script odd{s};
    for (unsigned i = 1; i != price(); ++i)
        odd.expect(read_source(buffer)).gives(buffer).expect(write_buffer(buffer)).gives(buffer);
    odd.expect(read_source(100)).gives(100).expect(write_buffer(100)).gives(100);
    odd.expect(yield).ready();
    odd.expect(read_source(buffer)).gives(buffer).expect(write_buffer(buffer)).gives(buffer);
    odd.expect(open_pipe).done();
    odd.expect(fill_pipe(s.setup.turn_budget - buffer)).gives(0);
    odd.finishes({}, price() * buffer + 100);
}

BOOST_AUTO_TEST_CASE(with_one_method_to_choose_from_there_is_nothing_to_adapt)
{
    scenario only_pipe = sockets();
    only_pipe.setup.methods = {pipe};
    script{only_pipe}.expect(open_pipe).done().expect(fill_pipe(1 << 30)).gives(0).finishes({}, 0);

    scenario only_memory = sockets();
    only_memory.setup.methods = {method::buffer};
    script s{only_memory};
    for (unsigned i = 0; i != 2 * price(); ++i)
        s.expect(read_source(buffer)).gives(buffer).expect(write_buffer(buffer)).gives(buffer);
    s.expect(read_source(buffer)).gives(0);
    s.finishes({}, 2 * price() * buffer);
}

BOOST_AUTO_TEST_CASE(an_honest_kernel_leads_from_one_to_the_other_and_back)
{
    constexpr std::uint64_t size = 200 * buffer;
    scenario s = sockets();
    copy_run run{s, size, {.most_per_call = buffer, .most_in_a_spell = 10}};
    unsigned opened = 0;
    unsigned returned = 0;
    for (; !run.finished(); run.go_on())
    {
        opened += run.next().kind == action_kind::open_pipe ? 1u : 0u;
        returned += run.next().kind == action_kind::return_pipe ? 1u : 0u;
    }
    BOOST_TEST(opened > 1u);
    BOOST_TEST(returned > 0u);
    BOOST_TEST(opened < 10u); // the price rises
    BOOST_TEST(run.engine().counts().delivered() == size);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kernel_copy::test

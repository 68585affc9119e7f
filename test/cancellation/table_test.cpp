// Distributed under the Boost Software License, Version 1.0.
#include "paused_copies.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <tuple>

using namespace test;
using asio::cancellation_type;

namespace {

using states = std::tuple<waits_for_first_byte, waits_for_more, waits_for_sink<method::buffer>,
                          waits_for_sink<method::splice_through_pipe>, yields<method::copy_file_range>,
                          yields<method::buffer>, paces, drains_prefix, flushes, reads_stream, writes_stream,
                          waits_for_worker<to_socket>, waits_for_worker<to_file>>;

/// A copy that is asked to stop in its state.
template <class State>
class stopped_copy
{
public:
    explicit stopped_copy(cancellation_type type)
    {
        state_.start(asio::bind_cancellation_slot(signal_.slot(), result_.handler()));
        run_until(state_.io, [&] { return state_.reached(); });
        BOOST_TEST_REQUIRE(!result_.done);
        signal_.emit(type);
        settle(state_.io);
    }

    [[nodiscard]] bool done() const { return result_.done; }
    [[nodiscard]] const kernel_copy::residue& rest() const { return state_.rest; }

    /// Until it is done, if need be with what it waits for.
    void finish()
    {
        run_until(state_.io, [&] {
            if (!result_.done)
                go_on();
            return result_.done;
        });
    }

    void check(const error_code& expected)
    {
        arrived_ += state_.arrived();
        BOOST_TEST(result_.error == expected);
        BOOST_TEST(result_.bytes == arrived_.size());
        BOOST_TEST(state_.counters.delivered() == arrived_.size());
        BOOST_TEST(state_.counters.in_flight() == state_.rest.size());
        const asio::const_buffer rest = state_.rest.data();
        const std::string kept{static_cast<const char*>(rest.data()), rest.size()};
        CHECK_SAME_BYTES(arrived_ + kept + state_.remaining(), state_.bytes);
    }

private:
    void go_on()
    {
        state_.go_on();
        arrived_ += state_.arrived();
        asio::post(state_.io, [] {}); // so that there is something to run
    }

    State state_{};
    asio::cancellation_signal signal_{};
    outcome result_{};
    std::string arrived_{};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(cancellation_table, descriptor_balance)

BOOST_AUTO_TEST_CASE_TEMPLATE(total_counts_until_the_first_byte_is_taken, State, states)
{
    stopped_copy<State> copy{cancellation_type::total};
    BOOST_TEST((copy.done() || State::takes_first));
    copy.finish();
    copy.check(State::takes_first ? error_code{} : aborted);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(partial_delivers_what_is_in_flight, State, states)
{
    stopped_copy<State> copy{cancellation_type::partial};
    copy.finish();
    copy.check(aborted);
    BOOST_TEST(copy.rest().empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(terminal_waits_for_nothing_but_a_worker, State, states)
{
    constexpr bool has_worker = requires(State state)
    {
        state.kernel;
    };
    stopped_copy<State> copy{cancellation_type::terminal};
    BOOST_TEST(copy.done() == !has_worker);
    copy.finish();
    copy.check(aborted);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_stronger_request_follows_a_weaker_one, State, states)
{
    State state;
    asio::cancellation_signal signal;
    outcome result;
    state.start(asio::bind_cancellation_slot(signal.slot(), result.handler()));
    run_until(state.io, [&] { return state.reached(); });
    for (const auto type :
         {cancellation_type::total, cancellation_type::partial, cancellation_type::terminal, cancellation_type::total})
        signal.emit(type);
    if constexpr (requires { state.kernel; })
        state.go_on();
    run_until(state.io, [&] { return result.done; });
    BOOST_TEST(result.error == aborted);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_context_may_be_destroyed_in_any_state, State, states)
{
    auto state = std::make_unique<State>();
    auto token = std::make_shared<int>();
    state->start([token](error_code, std::uint64_t) { BOOST_ERROR("completed by a context that is gone"); });
    run_until(state->io, [&] { return state->reached(); });
    if constexpr (requires { state->kernel; })
        state->kernel.open(); // the destruction waits for the step
    state.reset();
    BOOST_TEST(token.use_count() == 1);
}

BOOST_AUTO_TEST_SUITE_END()

// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/relay_engine.hpp>
#include <support/scenario.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kernel_copy::test {

namespace {

using detail::relay_action;
using detail::relay_engine;
using detail::relay_step;
using detail::stop_request;
using namespace std::chrono_literals;

enum class ending : unsigned char
{
    clean,
    source_error,
    sink_error
};

/// What happens around a relay.
enum class happening : unsigned char
{
    end_0,
    end_1,
    shut_down_0, ///< is done, if it was under way
    shut_down_1,
    stop_total,
    stop_partial,
    stop_terminal,
    time_out
};

struct plan
{
    std::array<ending, 2> endings;
    bool shuts_down_at_once;
    bool anything_taken;
};

/// A relay with two modelled directions. What must never be is thrown.
class relay_run
{
public:
    explicit relay_run(const plan& p) : plan_{p}
    {
        engine_.moved(now_);
        go_on();
    }

    [[nodiscard]] bool finished() const { return finished_; }

    /// False if it can't happen now.
    bool happens(happening what)
    {
        switch (what)
        {
        case happening::end_0:
        case happening::end_1:
            return end(what == happening::end_0 ? 0 : 1);
        case happening::shut_down_0:
        case happening::shut_down_1:
            return is_shut_down(what == happening::shut_down_0 ? 0 : 1);
        case happening::stop_total:
            return stop(stop_request::total);
        case happening::stop_partial:
            return stop(stop_request::partial);
        case happening::stop_terminal:
            return stop(stop_request::terminal);
        case happening::time_out:
            break;
        }
        now_ += 1h;
        if (!engine_.is_timed())
            return false;
        error_ = error_.value_or(errno_code(ETIMEDOUT));
        least_ = {stop_request::terminal, stop_request::terminal};
        engine_.tell_time(now_);
        go_on();
        return true;
    }

private:
    bool stop(stop_request request)
    {
        const bool too_late = request == stop_request::total && plan_.anything_taken;
        const bool ends = request == stop_request::terminal || (request == stop_request::total && !too_late);
        if (ends)
            error_ = error_.value_or(errno_code(ECANCELED));
        if (!too_late)
            for (stop_request& least : least_)
                least = std::max(least, ends ? stop_request::terminal : request);
        engine_.stop(request, plan_.anything_taken ? 1 : 0);
        go_on();
        return true;
    }

    bool end(unsigned char way)
    {
        if (ended_[way])
            return false;
        ended_[way] = true;
        ending how = plan_.endings[way];
        error_code error = how == ending::clean ? error_code{} : errno_code(how == ending::sink_error ? EPIPE : EIO);
        if (told_[way] != stop_request::none) // it ends because it was told to
        {
            how = ending::source_error;
            error = errno_code(ECANCELED);
        }
        const unsigned char other = way == 0 ? 1 : 0;
        clean_[way] = !error;
        if (error)
        {
            error_ = error_.value_or(error);
            least_[other] =
                std::max(least_[other], how == ending::sink_error ? stop_request::dry : stop_request::partial);
        }
        engine_.moved(now_);
        engine_.ended(way, error, how == ending::sink_error);
        go_on();
        return true;
    }

    bool is_shut_down(unsigned char way)
    {
        if (!shutting_[way])
            return false;
        shutting_[way] = false;
        engine_.shut_down(way);
        go_on();
        return true;
    }

    void go_on()
    {
        require(!finished_, "goes on after the end");
        for (unsigned steps = 0;; ++steps)
        {
            require(steps != 10, "goes on without end");
            const relay_action next = engine_.next();
            switch (next.step)
            {
            case relay_step::await:
                return check_await();
            case relay_step::stop:
                require(!ended_[next.direction], "a request to a direction that has ended");
                require(next.request > told_[next.direction], "a request that is no stronger than the last");
                require(next.request == least_[next.direction], "another request than is called for");
                told_[next.direction] = next.request;
                break;
            case relay_step::shut_down:
                require(clean_[next.direction], "shuts down what did not end well");
                require(!error_, "shuts down after an error");
                require(!std::exchange(was_shut_down_[next.direction], true), "shuts down twice");
                if (plan_.shuts_down_at_once)
                    engine_.shut_down(next.direction);
                else
                    shutting_[next.direction] = true;
                break;
            case relay_step::stop_shutting:
                require(error_ && (shutting_[0] || shutting_[1]), "ends shutdowns for nothing");
                require(!std::exchange(stopped_shutting_, true), "ends shutdowns twice");
                break;
            case relay_step::finish:
                return check_finish(next.error);
            }
        }
    }

    void check_await()
    {
        require(!ended_[0] || !ended_[1] || shutting_[0] || shutting_[1], "awaits nothing");
        require(!error_ || stopped_shutting_ || (!shutting_[0] && !shutting_[1]), "lets a shutdown go on");
        for (const unsigned char way : detail::both_ways)
        {
            require(ended_[way] || told_[way] == least_[way], "does not pass a request on");
            require(!clean_[way] || error_ || was_shut_down_[way], "does not shut down");
        }
        if (engine_.is_timed())
            require(now_ < engine_.deadline(), "is due for ever");
    }

    void check_finish(const error_code& error)
    {
        finished_ = true;
        require(ended_[0] && ended_[1], "finishes before both directions have ended");
        require(!shutting_[0] && !shutting_[1], "finishes with a shutdown under way");
        require(error == error_.value_or(error_code{}), "not the first error: " + error.message());
        require(error_ || (was_shut_down_[0] && was_shut_down_[1]), "finishes well and has not told both");
    }

    plan plan_;
    relay_engine engine_{10s, 3s};
    relay_engine::time_point now_{1h};
    std::optional<error_code> error_{};
    std::array<stop_request, 2> least_{}; ///< what each must have been told, unless it has ended
    std::array<stop_request, 2> told_{};
    std::array<bool, 2> ended_{};
    std::array<bool, 2> clean_{};
    std::array<bool, 2> shutting_{};
    std::array<bool, 2> was_shut_down_{};
    bool stopped_shutting_ = false;
    bool finished_ = false;
};

/// All that can happen, in every order, up to the end or to so many things; gives how many ends were reached.
std::size_t explore(const plan& p, std::vector<happening>& so_far)
{
    std::size_t ends = 0;
    for (const happening next :
         {happening::end_0, happening::end_1, happening::shut_down_0, happening::shut_down_1, happening::stop_total,
          happening::stop_partial, happening::stop_terminal, happening::time_out})
    {
        relay_run run{p};
        for (const happening h : so_far)
            run.happens(h);
        if (!run.happens(next))
            continue;
        if (run.finished())
        {
            ++ends;
            continue;
        }
        if (so_far.size() == 5)
            continue;
        so_far.push_back(next);
        ends += explore(p, so_far);
        so_far.pop_back();
    }
    return ends;
}

} // namespace

BOOST_AUTO_TEST_SUITE(relay)

BOOST_AUTO_TEST_CASE(every_order_of_ends_shutdowns_requests_and_limits)
{
    const std::array all{ending::clean, ending::source_error, ending::sink_error};
    std::size_t ends = 0;
    for (const ending out : all)
        for (const ending back : all)
            for (const bool at_once : {true, false})
                for (const bool anything_taken : {true, false})
                {
                    const plan p{{out, back}, at_once, anything_taken};
                    std::vector<happening> so_far;
                    try
                    {
                        ends += explore(p, so_far);
                    }
                    catch (const violation& v)
                    {
                        std::string order;
                        for (const happening h : so_far)
                            order += " " + std::to_string(static_cast<int>(h));
                        BOOST_ERROR("after" << order << ": " << v.what());
                    }
                }
    BOOST_TEST(ends > 10'000u);
    BOOST_TEST_MESSAGE(ends << " orders of a relay");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kernel_copy::test

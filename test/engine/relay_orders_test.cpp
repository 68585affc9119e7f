// Distributed under the Boost Software License, Version 1.0.
#include <support/relay_run.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <chrono>
#include <string>
#include <vector>

namespace kernel_copy::test {

namespace {

using namespace std::chrono_literals;

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

struct course
{
    std::array<ending, 2> endings;
    relay_plan plan;
};

/// False if it can't happen now.
bool happens(relay_run& run, happening what, const std::array<ending, 2>& endings)
{
    switch (what)
    {
    case happening::end_0:
        return run.end(0, endings[0]);
    case happening::end_1:
        return run.end(1, endings[1]);
    case happening::shut_down_0:
        return run.is_shut_down(0);
    case happening::shut_down_1:
        return run.is_shut_down(1);
    case happening::stop_total:
        return run.stop(stop_request::total);
    case happening::stop_partial:
        return run.stop(stop_request::partial);
    case happening::stop_terminal:
        return run.stop(stop_request::terminal);
    default:
        return run.pass_time(1h);
    }
}

/// All that can happen, in every order, up to the end or to so many things; gives how many ends were reached.
std::size_t explore(const course& c, std::vector<happening>& so_far)
{
    std::size_t ends = 0;
    for (const happening next :
         {happening::end_0, happening::end_1, happening::shut_down_0, happening::shut_down_1, happening::stop_total,
          happening::stop_partial, happening::stop_terminal, happening::time_out})
    {
        relay_run run{c.plan};
        for (const happening h : so_far)
            happens(run, h, c.endings);
        if (!happens(run, next, c.endings))
            continue;
        if (run.finished())
        {
            ++ends;
            continue;
        }
        if (so_far.size() == 5)
            continue;
        so_far.push_back(next);
        ends += explore(c, so_far);
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
                    const course c{{out, back}, {.shuts_down_at_once = at_once, .anything_taken = anything_taken}};
                    std::vector<happening> so_far;
                    try
                    {
                        ends += explore(c, so_far);
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

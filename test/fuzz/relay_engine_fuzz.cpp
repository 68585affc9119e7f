// Distributed under the Boost Software License, Version 1.0.
//
// One relay engine with two modelled directions, under whatever order of ends, shutdowns, requests and times.
#include "conversation.hpp"

#include <support/relay_run.hpp>

#include <chrono>

namespace kernel_copy::test {

namespace {

constexpr std::array endings{ending::clean, ending::source_error, ending::sink_error, ending::sink_reset};
constexpr std::array stops{stop_request::total, stop_request::partial, stop_request::terminal};
constexpr std::array limits{relay_engine::duration{0}, relay_engine::duration{1}, relay_engine::duration{1000},
                            relay_engine::duration::max()};

class relay_conversation : public conversation
{
public:
    using conversation::conversation;

    void run()
    {
        const unsigned bits = from_.byte();
        const relay_plan plan{.shuts_down_at_once = (bits & 1) != 0,
                              .anything_taken = (bits & 2) != 0,
                              .late_shutdown = {(bits & 4) != 0, (bits & 8) != 0},
                              .idle = limits[bits >> 4 & 3],
                              .half_close = limits[bits >> 6]};
        trace("plan " + std::to_string(bits));
        relay_run relay{plan};
        while (!from_.empty() && !relay.finished())
            happen(relay);
        wind_up(relay);
    }

private:
    void happen(relay_run& relay)
    {
        const unsigned what = from_.byte();
        const unsigned char way = (what & 1) != 0 ? 1 : 0;
        trace("happening " + std::to_string(what));
        switch (what / 2 % 8)
        {
        case 0:
        case 1:
            relay.end(way, endings[what / 16 % 4], what < 128);
            break;
        case 2:
        case 3:
            relay.is_shut_down(way);
            break;
        case 4:
            relay.stop(stops[what / 16 % stops.size()]);
            break;
        case 5:
            relay.moves();
            break;
        default:
            relay.pass_time(relay_engine::duration{from_.number()});
            break;
        }
    }

    /// A relay whose directions have ended, and whose shutdowns are done, is over.
    void wind_up(relay_run& relay)
    {
        trace("all ends");
        for (const unsigned char way : detail::both_ways)
            if (!relay.finished())
                relay.end(way, ending::clean);
        for (const unsigned char way : detail::both_ways)
            if (!relay.finished())
                relay.is_shut_down(way);
        require(relay.finished(), "is not over when there is nothing left");
    }
};

} // namespace

} // namespace kernel_copy::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    return kernel_copy::test::have<kernel_copy::test::relay_conversation>(data, size);
}

// Distributed under the Boost Software License, Version 1.0.
#include "relay_session.hpp"

#include "copy_input.hpp"

#include <support/endless.hpp>
#include <support/scenario.hpp>

#include <utility>

#include <sys/socket.h>

namespace kernel_copy::test {

namespace {

constexpr std::uint64_t most_said = 200'000;

} // namespace

relay_session::relay_session(decisions& from, std::function<void(const std::string&)> trace)
    : from_{from}, trace_{std::move(trace)}, loop_{from, false}, opaque_{from.byte() % 4u}, has_prefix_{from.flag()}
{
    make_side(sides_[0], 1, from);
    make_side(sides_[1], 2, from);
    if (has_prefix_)
        prefix_ = sides_[0].prefix = ::test::endless{3}.copy(0, from.number(0, 10'000));
    options_.a_to_b = decide_options(from, sides_[0].to_say.size() + prefix_.size());
    options_.b_to_a = decide_options(from, sides_[1].to_say.size());
    options_.a_to_b.monitor = &sides_[0].counters;
    options_.a_to_b.residue = &sides_[0].rest;
    options_.b_to_a.monitor = &sides_[1].counters;
    options_.b_to_a.residue = &sides_[1].rest;
    trace_("opaque end " + std::to_string(opaque_) + ", prefix of " + std::to_string(prefix_.size()));
    trace_("a says " + std::to_string(sides_[0].to_say.size()) + "; " + describe(options_.a_to_b));
    trace_("b says " + std::to_string(sides_[1].to_say.size()) + "; " + describe(options_.b_to_a));
}

void relay_session::make_side(side& s, std::uint64_t seed, decisions& from)
{
    std::tie(s.end, s.peer) = socket_wires();
    s.is = s.end.get();
    s.to_say = ::test::endless{seed}.copy(0, from.number(0, most_said));
    const unsigned bits = from.byte();
    if ((bits & 1) != 0)
        make_small(s.end.get());
    if ((bits & 2) != 0)
        make_small(s.peer.get());
}

void relay_session::completes(error_code error, const relay_result& result)
{
    require(!std::exchange(done_, true), "completes twice");
    error_ = error;
    sides_[0].result = result.a_to_b;
    sides_[1].result = result.b_to_a;
    trace_("done: " + error.message() + "; a to b " + std::to_string(result.a_to_b.bytes) + ", " +
           result.a_to_b.error.message() + "; b to a " + std::to_string(result.b_to_a.bytes) + ", " +
           result.b_to_a.error.message());
}

void relay_session::run()
{
    require(!done_, "completes inside the initiating function");
    loop_.keep_budget(sides_[0].counters, options_.a_to_b.turn_budget);
    loop_.keep_budget(sides_[1].counters, options_.b_to_a.turn_budget);
    while (!from_.empty() && !done_)
        act();
    trace_("to the end");
    loop_.run_until(done_, [this] { return move_peers(); });
    trace_("at the end" + counts() + loop_.kernel().describe());
    loop_.check_over();
    for (side& s : sides_)
        hear(s, no_limit);
    check();
}

void relay_session::act()
{
    const unsigned what = from_.byte();
    const unsigned char at = (what & 1) != 0 ? 1 : 0;
    side& s = sides_[at];
    if (what < 80)
        return run_handlers(1 + what / 8);
    if (what < 128)
        return say(s, from_.number());
    if (what < 176)
        return hear(s, from_.number());
    if (what < 192)
        return end(s);
    if (what < 198)
    {
        trace_("peer " + std::to_string(at) + " closes");
        disturbed_ = true;
        s.has_ended = true;
        return s.peer.close();
    }
    if (what < 216)
        return cancel(what % 3);
    if (what < 222)
    {
        trace_("end " + std::to_string(at) + " is closed");
        disturbed_ = true;
        s.is = -1;
        return std::exchange(close_end[at], [] {})();
    }
    run_handlers(1000);
}

void relay_session::run_handlers(unsigned most)
{
    unsigned n = 0;
    while (n != most && !done_ && loop_.run_one())
        ++n;
    trace_(std::to_string(n) + " handlers" + counts());
}

std::string relay_session::counts() const
{
    std::string said;
    for (const side& s : sides_)
        said +=
            "; taken " + std::to_string(s.counters.taken()) + ", delivered " + std::to_string(s.counters.delivered());
    return said;
}

void relay_session::say(side& s, std::uint64_t most)
{
    if (s.has_ended)
        return;
    const std::string_view rest = std::string_view{s.to_say}.substr(static_cast<std::size_t>(s.said), most);
    const std::size_t n = s.peer.write(rest);
    s.said += n;
    trace_("said " + std::to_string(n));
}

void relay_session::end(side& s)
{
    trace_("a peer says no more");
    s.has_ended = true;
    ::shutdown(s.peer.get(), SHUT_WR);
}

void relay_session::hear(side& s, std::uint64_t most)
{
    const std::string bytes = s.peer.read(most);
    trace_("heard " + std::to_string(bytes.size()));
    s.heard += bytes;
}

void relay_session::cancel(unsigned which)
{
    using boost::asio::cancellation_type;
    trace_("asked for stop " + std::to_string(which));
    const bool has_begun = sides_[0].counters.taken() + sides_[1].counters.taken() != 0;
    asked_to_stop_ = asked_to_stop_ || which != 0 || !has_begun;
    asked_terminal_ = asked_terminal_ || which == 2;
    signal_.emit(which == 0   ? cancellation_type::total
                 : which == 1 ? cancellation_type::partial
                              : cancellation_type::terminal);
}

bool relay_session::move_peers()
{
    bool moved = false;
    for (side& s : sides_)
    {
        const std::uint64_t before = s.said + s.heard.size();
        say(s, no_limit);
        if (s.said == s.to_say.size() && !s.has_ended)
            end(s);
        hear(s, no_limit);
        moved = moved || s.said + s.heard.size() != before;
    }
    return moved;
}

std::string relay_session::promised(const side& s)
{
    return s.prefix + s.to_say.substr(0, static_cast<std::size_t>(s.said));
}

void relay_session::check()
{
    check_way(sides_[0], sides_[1]);
    check_way(sides_[1], sides_[0]);
    require(prefix_ == sides_[0].prefix.substr(static_cast<std::size_t>(sides_[0].counters.drained())),
            "the prefix is not what is left of it");
    check_outcome();
}

void relay_session::check_way(side& from, side& to) const
{
    const std::uint64_t n = from.result.bytes;
    const std::uint64_t taken = from.counters.taken();
    require(from.counters.delivered() == n, "the monitor says another count");
    require(taken >= n, "delivered more than was taken");
    require(from.counters.drained() == std::min<std::uint64_t>(n, from.prefix.size()), "drained is wrong");
    const std::string line = promised(from);
    require(taken <= line.size(), "more was taken than was said");
    check_residue(from.rest, line, n, taken, loop_.kernel().has_lied_about("read"));
    require(to.heard == line.substr(0, to.heard.size()), "other bytes have arrived than were said");
    require(to.heard.size() == n || (!to.peer.is_open() && to.heard.size() < n), "another count than has arrived");
    if (from.is == -1)
        return;
    wire source{from.is};
    const std::string left = source.read(from.to_say.size() + 1);
    static_cast<void>(source.release()); // it is its object's
    require(line.substr(static_cast<std::size_t>(from.prefix.size() + taken - from.counters.drained())) == left,
            "what is left in a source is not what was not taken");
}

// What a relay between honest ends on an honest kernel ends with.
void relay_session::check_outcome() const
{
    require(!error_ || sides_[0].result.error || sides_[1].result.error || asked_to_stop_ || disturbed_ ||
                loop_.kernel().has_lied(),
            "fails, and neither direction has");
    for (const side& s : sides_)
        require(s.result.error || s.result.bytes == promised(s).size() || disturbed_ ||
                    loop_.kernel().has_said_nothing(),
                "a direction ends well before its end");
    const bool by_memory =
        options_.a_to_b.methods.contains(method::buffer) && options_.b_to_a.methods.contains(method::buffer);
    if (disturbed_ || loop_.kernel().has_lied() || !by_memory)
        return;
    if (!asked_to_stop_)
        require(!error_, "fails without a reason: " + error_.message());
    for (const side& s : sides_)
    {
        require(error_ || !s.result.error, "ends well, and a direction has not");
        require(asked_terminal_ || s.counters.taken() == s.result.bytes, "bytes are left behind");
    }
}

} // namespace kernel_copy::test

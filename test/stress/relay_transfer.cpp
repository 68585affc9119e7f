// Distributed under the Boost Software License, Version 1.0.
#include "books.hpp"
#include "start.hpp"
#include "transfer.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>

namespace soak {

namespace {

using kernel_copy::method;
using kernel_copy::method_set;
using kernel_copy::relay_result;

enum class end_kind
{
    tcp,
    local,
    own
};

constexpr end_kind all_kinds[] = {end_kind::tcp, end_kind::local, end_kind::tcp, end_kind::local, end_kind::own};
constexpr const char* kind_names[] = {"tcp", "unix", "stream"};
constexpr std::uint64_t most_operations = 6;

/// Who is at one side of a relay: which end the library has there, and how its peer behaves.
struct side
{
    side(record& at, const asio::any_io_executor& strand, draw& d) : kind{d.of(all_kinds)}, who{at, strand} {}

    end_kind kind;
    peer who;
    manner ways{};
};

class relay_transfer : public transfer
{
public:
    relay_transfer(site& s, asio::io_context& io, std::uint64_t number)
        : transfer{s, io, number}, a_{*record_, other_strand(), draw_}, b_{*record_, other_strand(), draw_}
    {}

private:
    void open(draw d) override;
    void start_peers() override;
    asio::awaitable<error_code> work() override;
    void check_peers() override;
    std::string kind() const override
    {
        return std::string{"relay "} + kind_names[static_cast<int>(a_.kind)] + " and " +
               kind_names[static_cast<int>(b_.kind)];
    }

    end open_end(side& at, draw& d);
    void draw_ways(side& which, draw& d);
    kernel_copy::relay_options options(bool is_last);

    void check(const outcome<relay_result>& how);
    void check_cancelled(const error_code& error, const error_code& of_direction, const movement& moved);
    void check_success();
    [[nodiscard]] bool is_excused(const error_code& error) const;
    bool goes_on(const outcome<relay_result>& how);

    side a_;
    side b_;
    books out_{*record_, record_->ways[0], site_.counts};
    books back_{*record_, record_->ways[1], site_.counts};
    bool has_timeout_ = false;
    bool needs_pipe_ = false; ///< the pool may have none to give
    bool succeeded_ = false;
    std::uint64_t scarcity_before_ = 0;
    std::uint64_t operations_ = 0;
};

void relay_transfer::open(draw d)
{
    first_ = open_end(a_, d);
    second_ = open_end(b_, d);
    draw_ways(a_, d);
    draw_ways(b_, d);
    const bool has_header = d.one_in(4);
    out_.open({.bytes = test::endless{record_->number * 2}}, has_header ? d.any_size(1, 100'000) : 0);
    back_.open({.bytes = test::endless{record_->number * 2 + 1}}, has_header ? d.any_size(1, 100'000) : 0);
    std::string words;
    for (const side* s : {&a_, &b_})
        words += "says " + std::to_string(s->ways.says) + '/' + std::to_string(s->ways.ending) + ", hears until " +
                 std::to_string(s->ways.hears_until) + "; ";
    record_->add(words + "headers " + std::to_string(out_.header.size()) + ' ' + std::to_string(back_.header.size()));
}

end relay_transfer::open_end(side& at, draw& d)
{
    auto ends = connect(at.kind == end_kind::tcp || (at.kind == end_kind::own && d.one_in(2)), ends_run_on_,
                        at.who.strand(), d);
    at.who.take(std::move(ends.second));
    if (at.kind == end_kind::own)
        return end{std::in_place_type<own_stream>, std::move(ends.first),
                   d.any_size(site_.with.most_bytes / 1000 + 1, 1 << 18)};
    return end{std::move(ends.first)};
}

void relay_transfer::draw_ways(side& which, draw& d)
{
    manner& m = which.ways;
    m = draw_manner(d, d.one_in(20) ? 0 : d.any_size(1, site_.with.most_bytes));
    m.largest_piece = std::max(m.largest_piece, site_.with.most_bytes / 1000); // of what it hears as well
    switch (d.below(10))
    {
    case 0:
        m.ending = manner::resets;
        break;
    case 1:
        m.ending = manner::closes;
        break;
    case 2:
        m.ending = manner::stays;
        break;
    default:
        break;
    }
    if (d.one_in(12))
    {
        m.hears_until = d.any_size(0, site_.with.most_bytes);
        m.hears_to_reset = d.one_in(2);
    }
}

void relay_transfer::start_peers()
{
    const auto start = [this](side& who, const books& says, way& said, const books& hears, way& heard) {
        stream_content spoken = says.content();
        spoken.begin += says.header.size();
        start_peer(who.who, who.who.speak(spoken, who.ways, said, draw_.fork()));
        start_peer(who.who, who.who.hear(hears.content(), who.ways, heard, draw_.fork()));
    };
    start(a_, out_, record_->ways[0], back_, record_->ways[1]);
    start(b_, back_, record_->ways[1], out_, record_->ways[0]);
}

kernel_copy::relay_options relay_transfer::options(bool is_last)
{
    const bool by_kernel = a_.kind != end_kind::own && b_.kind != end_kind::own;
    const method_set none = method_set{method::buffer}.without(method::buffer);
    const method_set certain = by_kernel ? method_set{method::splice_through_pipe} : none;
    kernel_copy::relay_options with{
        .a_to_b = draw_options(a_.ways.says + out_.header.size() + out_.rest.size(), certain),
        .b_to_a = draw_options(b_.ways.says + back_.header.size() + back_.rest.size(), certain)};
    needs_pipe_ = !with.a_to_b.methods.contains(method::buffer) || !with.b_to_a.methods.contains(method::buffer);
    with.a_to_b.monitor = &record_->ways[0].monitor;
    with.b_to_a.monitor = &record_->ways[1].monitor;
    with.a_to_b.residue = &out_.rest;
    with.b_to_a.residue = &back_.rest;
    if (!is_last && draw_.one_in(6))
        with.idle_timeout = std::chrono::milliseconds{draw_.any_size(1, 200)};
    if (!is_last && draw_.one_in(6))
        with.half_close_timeout = std::chrono::milliseconds{draw_.any_size(1, 200)};
    has_timeout_ = with.idle_timeout.count() != 0 || with.half_close_timeout.count() != 0;
    return with;
}

asio::awaitable<error_code> relay_transfer::work()
{
    for (;;)
    {
        operations_ += 1;
        record_->enters("a relay runs");
        const bool is_last = operations_ == most_operations || !handler_runs_on_strand_;
        if (is_last)
            for (side* s : {&a_, &b_})
                asio::post(s->who.strand(), [self = shared_from_this(), s] { s->who.dismiss(); });
        const bool must_end = a_.ways.ending == manner::stays || b_.ways.ending == manner::stays;
        const auto plan = is_last ? std::vector<blow>{} : draw_blows(must_end);
        const auto with = options(is_last);
        struck_ = {};
        scarcity_before_ = site_.descriptors.now();
        outcome<relay_result> how;
        const bool is_prefixed = out_.begin();
        start_relay(out_, back_, back_.begin() || is_prefixed, first_, second_, with,
                    {shared_from_this(), *record_, how, handler_runs_on_strand_ ? strand() : ends_run_on_,
                     is_cancellable_ ? signal.slot() : asio::cancellation_slot{}});
        expect(!how.done, *record_, "a relay has completed in its initiating function");
        co_await strike(how, plan);
        record_->enters("a relay has ended");
        check(how);
        if (!goes_on(how))
            co_return how.error;
    }
}

void relay_transfer::check(const outcome<relay_result>& how)
{
    const movement out = out_.end(how.result.a_to_b.bytes);
    const movement back = back_.end(how.result.b_to_a.bytes);
    succeeded_ = !how.error;
    if (succeeded_)
    {
        expect(!how.result.a_to_b.error && !how.result.b_to_a.error, *record_, "success, and a direction has failed");
        return check_success();
    }
    record_->add("[" + std::to_string(how.error.value()) + ": " + std::to_string(how.result.a_to_b.error.value()) +
                 ' ' + std::to_string(how.result.b_to_a.error.value()) + "]");
    if (!is_excused(how.error))
        fault(*record_, "an error that nothing has brought about: " + how.error.message());
    check_cancelled(how.error, how.result.a_to_b.error, out);
    check_cancelled(how.error, how.result.b_to_a.error, back);
}

// A direction can fail, and a timeout end it, while it delivers what was in flight.
void relay_transfer::check_cancelled(const error_code& error, const error_code& of_direction, const movement& moved)
{
    const bool ended_well = !of_direction || of_direction == asio::error::operation_aborted;
    if (error != asio::error::operation_aborted || struck_.closed() || struck_.terminal || has_timeout_ || !ended_well)
        return;
    expect(moved.taken == moved.delivered, *record_, "what was in flight was not delivered");
    // A stream's own read may bring bytes while the other direction is being ended.
    const bool may_come = a_.kind == end_kind::own || b_.kind == end_kind::own;
    if (!struck_.partial && !may_come)
        expect(moved.taken == 0, *record_, "total cancellation was honoured after bytes were taken");
}

void relay_transfer::check_success()
{
    const auto check_way = [this](const books& of, const side& from, const way& counts) {
        expect(!of.has_memory(), *record_, "success, and bytes in memory were not delivered");
        expect(of.from_source() == counts.sent, *record_, "success before the source has ended");
        if (from.ways.ending == manner::half_closes && from.ways.hears_until == never)
            expect(of.from_source() == from.ways.says, *record_, "success, and the source has not said all");
    };
    check_way(out_, a_, record_->ways[0]);
    check_way(back_, b_, record_->ways[1]);
}

bool relay_transfer::is_excused(const error_code& error) const
{
    if (error == asio::error::operation_aborted)
        return struck_.closed() || struck_.cancelled();
    if (error == system_error(EBADF))
        return struck_.closed();
    if (error == asio::error::timed_out)
        return has_timeout_;
    if (is_want_of_descriptors(error))
        return needs_pipe_ || site_.descriptors.was_since(scarcity_before_);
    if (error == asio::error::connection_reset || error == asio::error::broken_pipe)
        return !a_.ways.is_sound() || !b_.ways.is_sound();
    return false;
}

bool relay_transfer::goes_on(const outcome<relay_result>& how)
{
    // What has failed says so once, and to a relay that goes on it would look like an end.
    const auto is_resumable = [](const error_code& error) {
        return !error || error == asio::error::operation_aborted || error == asio::error::timed_out ||
               is_want_of_descriptors(error);
    };
    const bool may = !struck_.closed() && how.error && is_resumable(how.error) &&
                     is_resumable(how.result.a_to_b.error) && is_resumable(how.result.b_to_a.error);
    // Asio's sockets say only once that they have ended, and who is told of it need not be who goes on.
    const bool at_once = struck_.terminal || has_timeout_ || !struck_.cancelled();
    const bool may_have_ended = (a_.kind == end_kind::own && (at_once || !how.result.a_to_b.error)) ||
                                (b_.kind == end_kind::own && (at_once || !how.result.b_to_a.error));
    if (!may || may_have_ended || operations_ == most_operations || draw_.one_in(6))
        return false;
    site_.counts.resumptions += 1;
    return true;
}

void relay_transfer::check_peers()
{
    const auto check_way = [this](const books& of, const side& to, const way& counts) {
        expect(counts.received <= of.delivered(), *record_, "more has arrived than was delivered");
        if (!succeeded_ || !to.ways.is_sound())
            return;
        expect(counts.received == of.delivered(), *record_, "less has arrived than was delivered");
        expect(to.who.heard_end, *record_, "the end has not arrived");
    };
    check_way(out_, b_, record_->ways[0]);
    check_way(back_, a_, record_->ways[1]);
    count_manner(a_.who, a_.ways);
    count_manner(b_.who, b_.ways);
}

} // namespace

std::shared_ptr<transfer> make_relay(site& s, asio::io_context& io, std::uint64_t number)
{
    return std::make_shared<relay_transfer>(s, io, number);
}

} // namespace soak

// Distributed under the Boost Software License, Version 1.0.
#include "transfer.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>

namespace soak {

namespace {

constexpr auto token = asio::as_tuple(asio::use_awaitable);

} // namespace

transfer::transfer(site& s, asio::io_context& io, std::uint64_t number)
    : starter{asio::make_strand(io)}, site_{s}, io_{io}, record_{s.under_way.add(number)},
      draw_{draw{s.with.seed ^ (number + 1) * 0xD1342543DE82EF95u}.fork()}
{
    switch (draw_.below(4))
    {
    case 0: // no strand but that of the context
        ends_run_on_ = io.get_executor();
        handler_runs_on_strand_ = false;
        is_cancellable_ = draw_.one_in(2);
        break;
    case 1:
        ends_run_on_ = io.get_executor();
        break;
    default:
        ends_run_on_ = strand();
        break;
    }
}

transfer::~transfer()
{
    site_.under_way.remove(record_);
    if (!has_ended_)
        site_.counts.dropped += 1;
}

asio::any_io_executor transfer::other_strand()
{
    return asio::make_strand(io_);
}

asio::awaitable<void> transfer::run()
{
    const auto begin = std::chrono::steady_clock::now();
    co_await open_all();
    record_->add(kind());
    start_peers();
    const error_code error = co_await work();
    record_->enters("its peers end");
    close(first_);
    close(second_);
    for (peer* const p : peers_)
        asio::post(p->strand(), [self = shared_from_this(), p] { p->dismiss(); });
    while (peers_under_way_ != 0)
    {
        bell.expires_at(asio::steady_timer::time_point::max());
        co_await ring();
    }
    check_peers();
    for (const way& w : record_->ways)
        site_.counts.used(w.monitor);
    site_.counts.ended(kind(), error, record_->number, std::chrono::steady_clock::now() - begin);
    has_ended_ = true;
}

asio::awaitable<void> transfer::open_all()
{
    const draw d = draw_.fork();
    bool waited = false;
    record_->enters("its ends are opened");
    for (bool made = false; !made;)
    {
        try
        {
            open(d);
            made = true;
        }
        catch (const boost::system::system_error& e)
        {
            if (!is_want_of_descriptors(e.code()))
                fault(*record_, std::string{"its ends can't be opened: "} + e.what());
        }
        if (!made)
        {
            site_.counts.transfers_refused += waited ? 0u : 1u;
            waited = true;
            bell.expires_after(std::chrono::milliseconds{5});
            co_await ring();
        }
    }
}

asio::awaitable<void> transfer::ring()
{
    co_await bell.async_wait(token);
}

void transfer::start_peer(peer& who, asio::awaitable<void> what)
{
    if (std::find(peers_.begin(), peers_.end(), &who) == peers_.end())
        peers_.push_back(&who);
    peers_under_way_ += 1;
    asio::co_spawn(who.strand(), std::move(what), [self = shared_from_this()](const std::exception_ptr& error) {
        if (error)
            std::rethrow_exception(error);
        asio::post(self->strand(), [self] {
            self->peers_under_way_ -= 1;
            self->bell.cancel();
        });
    });
}

void transfer::count_manner(const peer& who, const manner& how)
{
    site_.counts.peer_resets += how.ending == manner::resets || (who.broke_off && how.hears_to_reset) ? 1u : 0u;
    site_.counts.peer_closes += how.ending == manner::closes || (who.broke_off && !how.hears_to_reset) ? 1u : 0u;
}

std::vector<blow> transfer::draw_blows(bool must_end)
{
    std::vector<blow> plan;
    if (!handler_runs_on_strand_)
        return plan;
    const auto pause = [&] { return std::chrono::microseconds{draw_.any_size(1, 20'000)}; };
    for (std::uint64_t n = draw_.one_in(2) ? draw_.between(1, 3) : 0; n != 0; --n)
    {
        constexpr auto closing = blow::close_first;
        const auto what = draw_.one_in(8) ? closing + draw_.below(2) : draw_.below(closing);
        plan.push_back({static_cast<decltype(blow::what)>(what), pause()});
    }
    if (must_end)
        plan.push_back({draw_.one_in(2) ? blow::cancel_partial : blow::cancel_terminal, pause()});
    return plan;
}

void transfer::apply(const blow& b)
{
    const auto cancel = [this](bool& noted, asio::cancellation_type type) {
        noted = true;
        site_.counts.cancellations += 1;
        signal.emit(type);
    };
    const auto close_end = [this](bool& noted, end& which) {
        noted = true;
        site_.counts.owner_closes += 1;
        close(which);
    };
    constexpr const char* names[] = {"(total)", "(partial)", "(terminal)", "(closes first)", "(closes second)"};
    record_->add(names[b.what]);
    switch (b.what)
    {
    case blow::cancel_total:
        return cancel(struck_.total, asio::cancellation_type::total);
    case blow::cancel_partial:
        return cancel(struck_.partial, asio::cancellation_type::partial);
    case blow::cancel_terminal:
        return cancel(struck_.terminal, asio::cancellation_type::terminal);
    case blow::close_first:
        return close_end(struck_.closed_first, first_);
    case blow::close_second:
        return close_end(struck_.closed_second, second_);
    }
}

kernel_copy::copy_options transfer::draw_options(std::uint64_t total, kernel_copy::method_set without_buffer)
{
    using kernel_copy::method;
    kernel_copy::copy_options o;
    // However small the steps, there are not so many of them that it takes for ever.
    const std::uint64_t least = total / 1000 + 1;
    if (draw_.one_in(4))
        o.methods = {method::buffer};
    else if (draw_.one_in(6))
        o.methods = o.methods.without(static_cast<method>(draw_.below(4)));
    else if (!without_buffer.empty() && draw_.one_in(6))
        o.methods = without_buffer;
    else if (draw_.one_in(4))
        o.page_sharing = kernel_copy::page_sharing::forbid;
    constexpr kernel_copy::disk disks[] = {kernel_copy::disk::inline_, kernel_copy::disk::when_cold,
                                           kernel_copy::disk::always};
    o.disk = draw_.of(disks);
    if (draw_.one_in(3))
        o.turn_budget = draw_.any_size(least, std::max<std::uint64_t>(least, 1 << 20));
    if (draw_.one_in(3))
        o.pipe_capacity = draw_.one_in(3) ? 0 : draw_.any_size(1, 1 << 20);
    if (draw_.one_in(3))
        o.buffer_size = draw_.any_size(least, std::max<std::uint64_t>(least, 1 << 18));
    if (draw_.one_in(12))
        o.max_bytes_per_second = draw_.any_size(total / 2 + 1000, 100 * total + 1000);
    if (draw_.one_in(6))
        o.disk_executor = &site_.disk_threads;
    return o;
}

std::shared_ptr<transfer> make_transfer(site& s, asio::io_context& io, std::uint64_t number)
{
    return draw{s.with.seed + number}.one_in(3) ? make_relay(s, io, number) : make_copy(s, io, number);
}

} // namespace soak

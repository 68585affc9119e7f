// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/monitor_writer.hpp>

namespace kernel_copy::inline v0::detail {

namespace {

void add(std::atomic<std::uint64_t>& counter, std::uint64_t n) noexcept
{
    if (n != 0)
        counter.fetch_add(n, std::memory_order_relaxed);
}

bool is_transfer(action_kind kind) noexcept
{
    switch (kind)
    {
    case action_kind::transfer:
    case action_kind::clone_range:
    case action_kind::fill_pipe:
    case action_kind::drain_pipe:
    case action_kind::read_source:
    case action_kind::read_pipe:
    case action_kind::write_buffer:
        return true;
    default:
        return false;
    }
}

} // namespace

void monitor_writer::add_system_calls(std::uint64_t n) noexcept
{
    add(to_->system_calls_, n);
}

// Given back bytes were never really taken; the counter follows them down.
void monitor_writer::add_bytes(std::uint64_t taken, std::uint64_t delivered, std::uint64_t drained, method by) noexcept
{
    add(to_->taken_, taken);
    add(to_->delivered_, delivered);
    add(to_->drained_, drained);
    add(to_->bytes_[static_cast<std::size_t>(by)], delivered - drained);
    if (delivered != drained)
        to_->current_.store(static_cast<int>(by), std::memory_order_relaxed);
}

void monitor_writer::add_action(action_kind kind, method by) noexcept
{
    if (is_transfer(kind))
    {
        add(to_->calls_[static_cast<std::size_t>(by)], 1);
        to_->current_.store(static_cast<int>(by), std::memory_order_relaxed);
    }
    else if (kind == action_kind::wait_source || kind == action_kind::wait_sink)
        add(to_->waits_, 1);
    else if (kind == action_kind::yield || kind == action_kind::pace)
        add(to_->yields_, 1);
}

void monitor_writer::note(const copy_engine& engine) noexcept
{
    const progress& counts = engine.counts();
    add_bytes(counts.taken() - before_.taken, counts.delivered() - before_.delivered,
              counts.drained() - before_.drained, before_.by);
    add_action(engine.last().kind, engine.last().by);
    if (const auto current = engine.current())
        to_->current_.store(static_cast<int>(*current), std::memory_order_relaxed);
    for (std::size_t i = 0; i != method_count; ++i)
        if (const int why = engine.given_up_number(static_cast<method>(i)); why != 0)
            to_->given_up_[i].store(why, std::memory_order_relaxed);
}

} // namespace kernel_copy::inline v0::detail

namespace kernel_copy::inline v0 {

std::optional<method> monitor::current() const noexcept
{
    const int now = current_.load(std::memory_order_relaxed);
    return now < 0 ? std::nullopt : std::optional<method>{static_cast<method>(now)};
}

error_code monitor::given_up(method m) const noexcept
{
    return detail::copy_engine::reason_of(given_up_[index(m)].load(std::memory_order_relaxed));
}

} // namespace kernel_copy::inline v0

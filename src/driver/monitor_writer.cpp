// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/monitor_writer.hpp>

namespace kernel_copy::detail {

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

void monitor_writer::system_calls(std::uint64_t n) noexcept
{
    if (to_ != nullptr)
        add(to_->system_calls_, n);
}

void monitor_writer::after(const copy_engine& engine, const action& done) noexcept
{
    if (to_ == nullptr)
        return;
    const std::size_t by = static_cast<std::size_t>(done.by);
    // Given back bytes were never really taken; the counter follows them down.
    const std::uint64_t taken = engine.counts().taken();
    to_->taken_.fetch_add(taken - taken_, std::memory_order_relaxed);
    taken_ = taken;
    const std::uint64_t moved = engine.counts().delivered() - delivered_;
    delivered_ += moved;
    add(to_->delivered_, moved);
    if (done.kind == action_kind::write_memory)
        add(to_->drained_, moved);
    else
        add(to_->bytes_[by], moved);
    if (is_transfer(done.kind))
        add(to_->calls_[by], 1);

    if (const auto current = engine.current())
        to_->current_.store(static_cast<int>(*current), std::memory_order_relaxed);
    for (std::size_t i = 0; i != method_count; ++i)
        if (const error_code why = engine.given_up(static_cast<method>(i)))
            to_->given_up_[i].store(errno_of(why) != 0 ? errno_of(why) : -why.value(), std::memory_order_relaxed);
}

void monitor_writer::pause(action_kind kind) noexcept
{
    if (to_ == nullptr)
        return;
    if (kind == action_kind::wait_source || kind == action_kind::wait_sink)
        add(to_->waits_, 1);
    else if (kind == action_kind::yield)
        add(to_->yields_, 1);
}

} // namespace kernel_copy::detail

namespace kernel_copy {

std::optional<method> monitor::current() const noexcept
{
    const int now = current_.load(std::memory_order_relaxed);
    return now < 0 ? std::nullopt : std::optional<method>{static_cast<method>(now)};
}

// An errno is kept as it is, an errc as its negative.
error_code monitor::given_up(method m) const noexcept
{
    const int why = given_up_[index(m)].load(std::memory_order_relaxed);
    return why < 0 ? error_code{static_cast<errc>(-why)} : error_code{why, boost::system::system_category()};
}

} // namespace kernel_copy

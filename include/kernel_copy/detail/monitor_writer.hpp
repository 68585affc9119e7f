// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_MONITOR_WRITER_HPP
#define KERNEL_COPY_DETAIL_MONITOR_WRITER_HPP

#include <kernel_copy/detail/copy_engine.hpp>
#include <kernel_copy/monitor.hpp>

#include <cstdint>

namespace kernel_copy::inline v0::detail {

/// Carries one operation's counts over into the caller's monitor, if there is one.
class monitor_writer
{
public:
    explicit monitor_writer(monitor* to) noexcept : to_{to} {}

    void system_calls(std::uint64_t n) noexcept
    {
        if (to_ != nullptr)
            add_system_calls(n);
    }

    /// Before the engine is told how an action went, and after, when it has asked for the next.
    void before(const copy_engine& engine) noexcept
    {
        if (to_ != nullptr)
            before_ = {engine.counts().taken(), engine.counts().delivered(), engine.counts().drained(),
                       engine.last().by};
    }
    void after(const copy_engine& engine) noexcept
    {
        if (to_ != nullptr)
            note(engine);
    }

    /// The same without an engine: what has moved, and what is asked for next.
    void moved(std::uint64_t taken, std::uint64_t delivered, std::uint64_t drained, method by) noexcept
    {
        if (to_ != nullptr)
            add_bytes(taken, delivered, drained, by);
    }
    void issued(action_kind kind, method by) noexcept
    {
        if (to_ != nullptr)
            add_action(kind, by);
    }

private:
    void add_system_calls(std::uint64_t n) noexcept;
    void add_bytes(std::uint64_t taken, std::uint64_t delivered, std::uint64_t drained, method by) noexcept;
    void add_action(action_kind kind, method by) noexcept;
    void note(const copy_engine& engine) noexcept;

    struct state
    {
        std::uint64_t taken;
        std::uint64_t delivered;
        std::uint64_t drained;
        method by;
    };

    monitor* to_;
    state before_; ///< set where there is a monitor
};

} // namespace kernel_copy::inline v0::detail

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_MONITOR_WRITER_HPP
#define KERNEL_COPY_DETAIL_MONITOR_WRITER_HPP

#include <kernel_copy/detail/copy_engine.hpp>
#include <kernel_copy/monitor.hpp>

#include <cstdint>

namespace kernel_copy::detail {

/// Carries one operation's counts over into the caller's monitor, if there is one.
class monitor_writer
{
public:
    explicit monitor_writer(monitor* to) noexcept : to_{to} {}

    void system_calls(std::uint64_t n) noexcept;
    /// After an action has been run, and the engine asked for the next.
    void after(const copy_engine& engine, const action& done) noexcept;
    /// Before a wait or a yield.
    void pause(action_kind kind) noexcept;

private:
    monitor* to_;
    std::uint64_t taken_ = 0; ///< what the monitor has been told of so far
    std::uint64_t delivered_ = 0;
};

} // namespace kernel_copy::detail

#endif

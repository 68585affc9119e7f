// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_COPY_ENGINE_HPP
#define KERNEL_COPY_DETAIL_COPY_ENGINE_HPP

#include <kernel_copy/detail/machines.hpp>
#include <kernel_copy/detail/plan.hpp>

#include <array>
#include <optional>

namespace kernel_copy::detail {

/// One copy, one way: flush the sink, drain what the source holds in memory, then move the rest by the
/// methods of the plan. Pure: it makes no system call and knows no clock. All policy is here and in the
/// machines; who runs its actions decides nothing.
class copy_engine
{
public:
    copy_engine(const copy_setup& setup, const progress& counts);
    copy_engine(const copy_engine&) = delete;
    copy_engine& operator=(const copy_engine&) = delete;

    /// The caller has just been given the thread: the turn's budget is fresh.
    void start_turn() noexcept { context_.turn.start(); }

    /// Says how the last action went (nothing, the first time) and what the caller asks for, if it asks for
    /// an end; gives the next action. Not to be called after finish.
    action resume(const event& e, stop_request stop);

    [[nodiscard]] const progress& counts() const noexcept { return context_.counts; }
    /// The method in use; none before the first and while memory is drained.
    [[nodiscard]] std::optional<method> current() const noexcept { return current_; }
    /// Why a method was given up; no error if it was not.
    [[nodiscard]] error_code given_up(method m) const noexcept { return given_up_[static_cast<std::size_t>(m)]; }

private:
    enum class stage : unsigned char
    {
        beginning,
        flushing,
        draining,
        moving,
        probing,
        giving_back
    };

    action advance(const event& e);
    action begin();
    action flush();
    action drain_memory();
    action again();
    action machine_says(const event& e);
    action settle(const action& next);
    action suspect(const error_code& reason);
    action next_method(const error_code& reason);
    action enter(method m);
    action end_of_copy(bool source_ended);
    action conclude(const error_code& error);
    [[nodiscard]] bool ends_now(stop_request stop) const noexcept;

    machine_context context_;
    method_plan plan_{};
    memory_drain memory_{context_};
    direct_transfer direct_{context_};
    pipe_transfer piped_{context_};
    buffer_transfer buffered_{context_};
    std::array<error_code, method_count> given_up_{};
    std::optional<method> current_{};
    stage stage_ = stage::beginning;
    action last_{};
    error_code doubt_{}; ///< why a call is being probed
    error_code fate_{};  ///< what the operation will end with, once that is decided
};

} // namespace kernel_copy::detail

#endif

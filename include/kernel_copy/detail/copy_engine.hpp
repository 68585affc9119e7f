// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_COPY_ENGINE_HPP
#define KERNEL_COPY_DETAIL_COPY_ENGINE_HPP

#include <kernel_copy/detail/config.hpp>
#include <kernel_copy/detail/file_transfer.hpp>
#include <kernel_copy/detail/machines.hpp>
#include <kernel_copy/detail/plan.hpp>
#include <kernel_copy/detail/read_ahead.hpp>
#include <kernel_copy/detail/small_copy.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <variant>

namespace kernel_copy::inline v0::detail {

/// One copy, one way: flush the sink, drain what the source holds in memory, then move the rest by the
/// methods of the plan. Pure: it makes no system call and knows no clock. All policy is here and in the
/// machines; who runs its actions decides nothing.
class copy_engine
{
public:
    copy_engine(const copy_setup& setup, const progress& counts);
    /// Goes on with one that was parked while it waited for its source; or later, before the answer to its read, or to
    /// its write.
    copy_engine(const copy_terms& terms, const progress& counts, const small_copy& from);
    copy_engine(const copy_engine&) = delete;
    copy_engine& operator=(const copy_engine&) = delete;

    /// The caller has just been given the thread: the turn's budget is fresh. What is in memory is believed to stay there
    /// for a time; `now` in nanoseconds, of a steady clock, is of use if it asks_for_warmth().
    void start_turn(std::uint64_t now) noexcept
    {
        context_.turn.start();
        context_.warm.tell_time(now);
    }
    [[nodiscard]] bool asks_for_warmth() const noexcept { return context_.reads == place::here_if_ready; }
    [[nodiscard]] const warm_stretch& warm() const noexcept { return context_.warm; }

    /// For a copy that keeps a rate, of the same clock.
    void tell_time(std::uint64_t now) noexcept { context_.pacer.tell_time(now); }
    [[nodiscard]] bool keeps_rate() const noexcept { return context_.pacer.limits(); }

    /// Says how the last action went (nothing, the first time) and what the caller asks for, if it asks for
    /// an end; gives the next action. Not to be called after finish.
    action resume(const event& e, stop_request stop);

    /// Calls of the two sides overlap: what a resume() gives is begun, and resume() asked on with `begun`, until
    /// it gives `await` or `finish`. Events tell their side.
    [[nodiscard]] bool overlaps() const noexcept
    {
        return std::holds_alternative<read_ahead>(machine_) && stage_ == stage::moving;
    }
    /// A request that need not wait for the next resume().
    KERNEL_COPY_DECL void hear(stop_request stop) noexcept;
    /// Does this request end a call of this side that is under way? If not, or if none is, nobody need hear of it.
    [[nodiscard]] KERNEL_COPY_DECL bool interrupts(stop_request stop, call_side side) const noexcept;
    /// Did the copy end because the sink could not be written?
    [[nodiscard]] bool sink_failed() const noexcept { return sink_failed_; }
    /// Has a stream without a descriptor said that it has ended? It may not say so again.
    [[nodiscard]] bool stream_has_ended() const noexcept;
    [[nodiscard]] const action& last() const noexcept { return last_; }
    /// The last action has not been begun, and a request comes first: how it has ended then. Nothing if it is to be
    /// begun all the same, as it is soon over.
    [[nodiscard]] std::optional<event> instead_of_last(stop_request stop) const noexcept;
    /// May it be given up now, and be gone on with from what park() says?
    [[nodiscard]] KERNEL_COPY_DECL bool can_park() const noexcept;
    [[nodiscard]] KERNEL_COPY_DECL small_copy park() const noexcept;

    [[nodiscard]] const progress& counts() const noexcept { return context_.counts; }
    /// The method in use; none before the first and while memory is drained.
    [[nodiscard]] std::optional<method> current() const noexcept { return current_; }
    /// May bytes be in pipes, or be spliced into one?
    [[nodiscard]] bool uses_pipes() const noexcept;
    /// Why a method was given up; no error if it was not.
    [[nodiscard]] error_code given_up(method m) const noexcept { return reason_of(given_up_number(m)); }
    /// As a number: an errno, or minus an errc.
    [[nodiscard]] int given_up_number(method m) const noexcept { return given_up_[static_cast<std::size_t>(m)]; }
    [[nodiscard]] static error_code reason_of(int number) noexcept;

private:
    enum class stage : unsigned char
    {
        beginning,
        flushing,
        draining,
        moving,
        probing,
        giving_back, ///< from here on it is being wound up
        saving,
        pushing
    };

    action resume_calls(const event& e, stop_request stop);
    action advance(const event& e);
    action begin();
    action flush();
    action drain_memory();
    action again();
    action machine_says(const event& e);
    action settle(const action& next);
    action suspect(const error_code& reason);
    action next_method(const error_code& reason);
    action change_method(const action& to);
    action begin_with(method m);
    action through_memory();
    action go_cold();
    action stay_here();
    action enter(method m, bool cold = false);
    void use(method m);
    void gave_up(method m, const error_code& reason) noexcept;
    action end_of_copy(bool source_ended);
    action fail(const error_code& error);
    action conclude(const error_code& error);
    action save();
    action push_sink();
    [[nodiscard]] bool is_closing() const noexcept { return stage_ >= stage::giving_back; }
    [[nodiscard]] bool is_under_way(call_side side) const noexcept;
    [[nodiscard]] bool awaits_calls() const noexcept;
    [[nodiscard]] bool ends_now(stop_request stop) const noexcept;
    [[nodiscard]] bool takes_no_more(action_kind next) const noexcept;

    machine_context context_;
    method_plan plan_;
    availability_table known_calls_;
    std::variant<memory_drain, direct_transfer, file_transfer, pipe_transfer, buffer_transfer, read_ahead> machine_;
    std::array<int, method_count> given_up_{};
    std::optional<method> current_{};
    method warm_method_ = method::buffer; ///< of the plan: for what waits for no disk
    stage stage_ = stage::beginning;
    std::uint64_t small_file_ = 0; ///< a file up to this size goes to a socket by a read and a send
    std::uint64_t saved_ = 0;      ///< of what is in flight
    bool sink_buffers_;
    bool pipes_allowed_ = false;
    bool cold_ = false; ///< a worker is at work in place of warm_method_
    bool sink_failed_ = false;
    action last_{};
    error_code fate_; ///< what the operation will end with, once that is decided; why a call is being probed
};

} // namespace kernel_copy::inline v0::detail

#endif

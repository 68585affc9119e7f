// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_ENGINE_RUN_HPP
#define KERNEL_COPY_TEST_SUPPORT_ENGINE_RUN_HPP

#include <kernel_copy/detail/copy_engine.hpp>
#include <support/engine_model.hpp>
#include <support/rate_meter.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>

namespace kernel_copy::test {

using detail::stop_request;

/// What the caller says after an action. With `how.begun` that the action is under way, with `heard` what its own
/// caller asks for meanwhile; else how the action went, or the one that is under way on `how.side`.
struct reply
{
    event how{};
    stop_request stop = stop_request::none;
    stop_request heard = stop_request::none;
};

/// One engine at work in a world. After every step the invariants are checked, and at the end the outcome;
/// what is broken is thrown as a violation.
class copy_run
{
public:
    copy_run(const scenario& of, std::uint64_t source_holds, temper how = {},
             stop_request at_the_start = stop_request::none);

    void step(const reply& r);
    /// One step of an honest driver and kernel.
    void go_on();
    /// An honest answer on a side that has one to give, which moves no more than `most`, and then fails.
    void answer_honestly(call_side side, std::uint64_t most = no_limit, const error_code& then = {});
    /// The same until the end.
    void run_on();
    /// As a driver passes a request on: the calls that it ends say so, or, if it comes too late, how they went.
    void ask_to_stop(stop_request stop, bool in_time);
    void end_source_here() { world_.end_source_here(); }
    /// From here on what is left to a worker is done by who runs the engine: there are no descriptors for it.
    void lose_workers() { has_workers_ = false; }

    [[nodiscard]] const action& next() const { return next_; }
    [[nodiscard]] bool finished() const { return next_.kind == action_kind::finish; }
    /// The action just given is not answered, only begun.
    [[nodiscard]] bool is_to_be_begun() const;
    /// The driver is not in the middle of beginning calls.
    [[nodiscard]] bool can_be_asked_to_stop() const;
    /// A wait, or a stream's own function, which a request can end.
    [[nodiscard]] bool can_be_interrupted(const action& a) const;
    /// Before the end, and is not believed.
    [[nodiscard]] bool may_say_nothing(const action& a) const;
    /// A worker is at it, or is to be.
    [[nodiscard]] bool is_on_worker(const action& a) const;
    /// The action that an answer on this side would be about, or null.
    [[nodiscard]] const action* answerable(call_side side) const;

    [[nodiscard]] bool saw_the_end() const { return saw_the_end_; }
    [[nodiscard]] std::uint64_t steps() const { return steps_; }
    [[nodiscard]] const detail::copy_engine& engine() const { return *engine_; }
    [[nodiscard]] const source_stack& stack() const { return stack_; }
    [[nodiscard]] const world& around() const { return world_; }
    [[nodiscard]] const copy_setup& setup() const { return scenario_.setup; }

private:
    using side_actions = std::array<std::optional<action>, 2>;

    void begin();
    void answer(const reply& r);
    void hear(stop_request stop);
    bool goes_on_small(const reply& r);
    void resume(const reply& r);
    void new_turn();
    [[nodiscard]] call_side next_to_answer();
    [[nodiscard]] bool is_left_to_driver(const action& a) const;
    [[nodiscard]] bool is_call(const action& a) const;
    [[nodiscard]] bool under_way(call_side side) const
    {
        return under_way_[static_cast<std::size_t>(side)].has_value();
    }
    [[nodiscard]] bool any_under_way() const { return under_way(call_side::source) || under_way(call_side::sink); }

    void sees_the_end();
    void classify(const action& a, const reply& r);
    [[nodiscard]] bool is_fallback(const action& a, int error) const;
    [[nodiscard]] bool is_block(const action& a) const;

    void check_counts() const;
    void check_limits() const;
    void check_stop(stop_request stop) const;
    void check_action() const;
    void check_what_is_under_way();
    void check_taking() const;
    void check_transfer() const;
    void check_clone() const;
    void check_memory() const;
    void check_delivery(std::uint64_t held) const;
    void check_disk();
    void check_place(bool from_file, bool to_file) const;
    void check_source_file() const;
    void check_question() const;
    void check_push();
    void note_disk(const action& a, const event& e);
    void note_held_back(const action& a, const event& e);
    void note_leaving(const action& a, const event& e);
    [[nodiscard]] std::uint64_t source_position() const;
    [[nodiscard]] std::uint64_t known_rest() const;
    [[nodiscard]] bool at_known_end() const;
    void check_pause() const;
    void check_length(std::uint64_t most) const;
    void check_wait(end_kind waited_for) const;
    void check_idle_sides() const;
    [[nodiscard]] std::uint64_t allowed() const;

    void check_outcome() const;
    void check_end_by_error() const;
    [[nodiscard]] bool all_has_arrived() const;
    [[nodiscard]] bool truncated(std::size_t layer, bool& ended) const;

    scenario scenario_;
    source_stack stack_;
    temper temper_;
    world world_;
    std::uint64_t now_ = 1'000'000'000;
    rate_meter meter_;
    std::optional<detail::copy_engine> engine_;
    std::optional<detail::small_copy> small_{}; ///< what is parked, and goes on by itself
    action next_{};
    side_actions under_way_{}; ///< where calls overlap
    std::array<stop_request, 2> interrupted_by_{};
    std::uint64_t moved_this_turn_ = 0;
    bool lost_worker_this_turn_ = false; ///< as a step shows that was asked of one
    std::uint64_t steps_ = 0;
    detail::disk_step step_{};
    std::uint64_t turn_began_ = 0;
    std::uint64_t warm_asked_ = 0; ///< when: the turn's beginning
    std::uint64_t warm_from_ = 0;  ///< of the source, as was said then
    std::uint64_t warm_to_ = 0;
    bool has_workers_ = true;
    bool interrupts_in_time_ = true;
    bool source_answered_last_ = false;
    bool flushed_;
    bool saw_the_end_ = false;
    bool source_is_dry_ = false; ///< its last call found nothing, or it was waited for in vain
    bool ranged_any_ = false;    ///< copy_file_range has moved something
    bool gave_back_failed_ = false;
    bool save_failed_ = false;
    bool was_in_pipe_ = false; ///< what was saved
    bool calls_cancelled_ = false;
    bool winds_up_ = false;             ///< of what is under way, only the end is awaited
    bool ends_now_ = false;             ///< a stop was asked for that ends the copy at once
    bool takes_no_more_ = false;        ///< a partial stop was asked for
    bool ends_when_dry_ = false;        ///< a stop was asked for when the source has nothing ready
    std::optional<error_code> fatal_{}; ///< the first error that is not a reason for another method
    bool holds_back_;                   ///< the sink was told that more comes, and none has
    bool leaves_ = false;               ///< where calls overlap: for another machine
    bool reads_again_ = false;          ///< what was taken already
    bool refuses_ = false;              ///< the sink, what a pipe holds
    bool no_second_pipe_ = false;
    bool sink_failed_ = false;                ///< that error was one of delivering
    bool delivery_failed_ = false;            ///< the first or a later error was
    std::optional<error_code> after_bytes_{}; ///< a read's error that came together with bytes
    std::set<int> reasons_{};                 ///< errors that were reasons for another method
};

[[nodiscard]] std::string describe(const action& a);

[[nodiscard]] bool takes(const action& a);
/// What is copied as data if it fails.
[[nodiscard]] bool is_tried_only(const action& a);
/// What comes only when the copy has ended.
[[nodiscard]] bool winds_up(const action& a);
[[nodiscard]] bool saves(const action& a);
[[nodiscard]] bool delivers(const action& a);

} // namespace kernel_copy::test

#endif

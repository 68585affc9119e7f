// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_ENGINE_RUN_HPP
#define KERNEL_COPY_TEST_SUPPORT_ENGINE_RUN_HPP

#include <kernel_copy/detail/copy_engine.hpp>
#include <support/engine_model.hpp>

#include <cstdint>
#include <optional>
#include <set>
#include <string>

namespace kernel_copy::test {

using detail::stop_request;

/// What the caller says after an action.
struct reply
{
    event how{};
    stop_request stop = stop_request::none;
};

/// One engine at work in a world. After every step the invariants are checked, and at the end the outcome;
/// what is broken is thrown as a violation.
class copy_run
{
public:
    copy_run(const scenario& of, std::uint64_t source_holds, temper how = {},
             stop_request at_the_start = stop_request::none);

    void step(const reply& r);
    /// What an honest kernel answers now.
    event honest() { return world_.answer(next_); }
    /// An honest kernel answers until the end.
    void run_on();
    void end_source_here() { world_.end_source_here(); }

    [[nodiscard]] const action& next() const { return next_; }
    [[nodiscard]] bool finished() const { return next_.kind == action_kind::finish; }
    [[nodiscard]] bool uses_stream(const action& a) const;
    [[nodiscard]] bool saw_the_end() const { return saw_the_end_; }
    [[nodiscard]] const detail::copy_engine& engine() const { return engine_; }
    [[nodiscard]] const source_stack& stack() const { return stack_; }
    [[nodiscard]] const world& around() const { return world_; }
    [[nodiscard]] const copy_setup& setup() const { return scenario_.setup; }

private:
    void resume(const reply& r);
    void classify(const action& a, const reply& r);
    [[nodiscard]] bool is_fallback(const action& a, int error) const;
    [[nodiscard]] bool is_block(const action& a) const;
    void check_counts() const;
    void check_limits() const;
    void check_action() const;
    void check_length(std::uint64_t most) const;
    void check_wait(end_kind waited_for) const;
    void check_stop(stop_request stop) const;
    void check_outcome() const;
    [[nodiscard]] bool all_has_arrived() const;
    [[nodiscard]] bool truncated(std::size_t layer, bool& ended) const;

    scenario scenario_;
    source_stack stack_;
    world world_;
    detail::copy_engine engine_;
    action next_{};
    std::uint64_t moved_this_turn_ = 0;
    std::uint64_t steps_ = 0;
    bool flushed_;
    bool saw_the_end_ = false;
    bool ranged_any_ = false; ///< copy_file_range has moved something
    bool gave_back_failed_ = false;
    bool ends_now_ = false;                   ///< a stop was asked for that ends the copy at once
    bool takes_no_more_ = false;              ///< a partial stop was asked for
    std::optional<error_code> fatal_{};       ///< the first error that is not a reason for another method
    std::optional<error_code> after_bytes_{}; ///< a read's error that came together with bytes
    std::set<int> reasons_{};                 ///< errors that were reasons for another method
};

[[nodiscard]] std::string describe(const action& a);

} // namespace kernel_copy::test

#endif

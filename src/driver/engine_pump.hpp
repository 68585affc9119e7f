// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DRIVER_ENGINE_PUMP_HPP
#define KERNEL_COPY_DRIVER_ENGINE_PUMP_HPP

#include <kernel_copy/detail/copy_engine.hpp>
#include <kernel_copy/detail/duplicate.hpp>
#include <kernel_copy/detail/kernel.hpp>
#include <kernel_copy/detail/monitor_writer.hpp>
#include <kernel_copy/detail/pipe_store.hpp>
#include <kernel_copy/detail/pump.hpp>
#include <kernel_copy/detail/reopened.hpp>
#include <kernel_copy/detail/signal_guard.hpp>
#include <kernel_copy/detail/transfer_call.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace kernel_copy::inline v0::detail {

/// The pump, with its engine and all that it holds.
class engine_pump final : public pump
{
public:
    engine_pump(const source_end& source, const sink_end& sink, const copy_options& options, const context_ref& context,
                const parked_pump& done_before = {});
    /// Goes on with one that was parked.
    engine_pump(const source_end& source, const sink_end& sink, const copy_options& options, const context_ref& context,
                const parked_pump& from, scratch&& buffer);
    static void* operator new(std::size_t size) { return lend_machinery(size); }
    static void operator delete(void* memory, std::size_t size) noexcept { take_back_machinery(memory, size); }

    action run(event e, stop_request stop, descriptor_pair descriptors) override;
    [[nodiscard]] bool overlaps() const noexcept override { return !worker_goes_on_ && engine_->overlaps(); }
    [[nodiscard]] event do_on_worker(call_side side) override;
    [[nodiscard]] bool holds_duplicates() const noexcept override
    {
        return source_duplicate_.is_open() || sink_duplicate_.is_open() || lookout_.is_open();
    }
    void close_duplicates() noexcept override
    {
        source_duplicate_.close();
        sink_duplicate_.close();
        lookout_.close();
    }
    [[nodiscard]] bool can_park() const noexcept override { return !worker_goes_on_ && engine_->can_park(); }
    [[nodiscard]] parked_pump park() const noexcept override
    {
        return {.copy = engine_->park(),
                .source = source_.kind,
                .sink = sink_.kind,
                .signals_matter = signals_matter_,
                .is_one = true};
    }
    void hear(stop_request stop) noexcept override;
    [[nodiscard]] bool interrupts(stop_request stop, call_side side) const noexcept override
    {
        return !worker_goes_on_ && engine_->interrupts(stop, side);
    }
    [[nodiscard]] bool source_is_ready(int descriptor) override;
    [[nodiscard]] std::span<std::byte> read_space(const action& a) const noexcept override;
    [[nodiscard]] std::span<const std::byte> write_data(const action& a) override;
    [[nodiscard]] std::uint64_t taken() const noexcept override
    {
        return worker_goes_on_ ? moved_before_ : counts().taken();
    }
    [[nodiscard]] std::uint64_t delivered() const noexcept override
    {
        return worker_goes_on_ ? moved_before_ : counts().delivered();
    }
    [[nodiscard]] bool leaves_to_worker() const noexcept override { return worker_goes_on_; }
    [[nodiscard]] bool sink_failed() const noexcept override { return engine_->sink_failed(); }

private:
    [[nodiscard]] const progress& counts() const noexcept { return engine_->counts(); }
    action ask(const event& e, stop_request stop);
    action next_after(const event& e, stop_request stop);
    copy_setup survey();
    end_facts examine_source(bool ask_kind);
    end_facts examine(int descriptor, end_kind kind, bool file_access::*needed, bool ask_kind);
    void look_at_positions(copy_setup& setup);
    void make_non_blocking(bool needed, end_kind kind, int descriptor);
    void start();
    void keep_for_later(const action& end);
    static std::size_t index(call_side side) noexcept { return static_cast<std::size_t>(side); }

    [[nodiscard]] bool leaves_to_driver(const action& a) const noexcept;
    [[nodiscard]] bool is_wrong_hint(const event& e) const noexcept;
    [[nodiscard]] bool needs_buffer(const action& a) const;
    bool hand_out(const action& a);
    [[nodiscard]] transfer_call prepare(const action& a, const descriptor_pair& ends);
    void give_back(const action& before) noexcept;
    event perform(const action& a, signal_guard& guard);
    call_result transfer(const action& a, signal_guard& guard);
    call_result unread(const action& a);
    call_result save(const action& a);
    call_result receive(const transfer_call& call);
    call_result send(const transfer_call& call);
    event flush(signal_guard& guard);
    bool signals_matter();

    kernel& kernel_;
    context_ref context_;
    const copy_options& options_;
    source_end source_;
    sink_end sink_;
    monitor_writer monitor_;
    descriptor_pair descriptors_{};
    pipe_lease pipes_[2];
    scratch halves_[2];
    duplicate source_duplicate_;
    duplicate sink_duplicate_;
    reopened lookout_;
    transfer_call on_worker_[2]{};
    // While a worker may go on with the engine the thread of the operation leaves that alone.
    bool worker_goes_on_ = false;
    std::atomic<stop_request> heard_meanwhile_{stop_request::none};
    std::uint64_t moved_before_ = 0;           ///< taken and delivered alike: from end to end nothing is in flight
    bool left_over_ = false;                   ///< the engine's last action, by the worker, who can't do it
    std::optional<unsigned char> read_into_{}; ///< the half of a read that is under way
    std::optional<bool> signals_matter_{};
    progress begin_;
    bool held_back_before_ = false;
    std::optional<copy_engine> engine_{};
};

} // namespace kernel_copy::inline v0::detail

#endif

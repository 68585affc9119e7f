// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_PUMP_HPP
#define KERNEL_COPY_DETAIL_PUMP_HPP

#include <kernel_copy/detail/action.hpp>
#include <kernel_copy/detail/config.hpp>
#include <kernel_copy/detail/facts.hpp>
#include <kernel_copy/detail/scratch.hpp>
#include <kernel_copy/detail/small_copy.hpp>
#include <kernel_copy/detail/typeless_ends.hpp>
#include <kernel_copy/options.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace kernel_copy::inline v0::detail {

/// What the engine is to know of them.
[[nodiscard]] copy_terms terms_of(const copy_options& options) noexcept;

/// What is left of a pump that has been parked, or what may go on for a time without one.
struct parked_pump
{
    small_copy copy{};
    end_kind source = end_kind::unknown;
    end_kind sink = end_kind::unknown;
    std::optional<bool> signals_matter{};
    bool is_one = false;    ///< not only the place for one
    bool held_back = false; ///< the sink was told, before there was one, that more comes

    /// May small messages be passed on without a pump?
    [[nodiscard]] bool can_go_on() const noexcept
    {
        return copy.can_go_on() && source == end_kind::stream_socket && sink == end_kind::stream_socket;
    }
};

/// Runs an engine's actions that the kernel can do at once, and hands out those that must wait for the
/// io_context. Decides nothing. It is compiled once, and all that it is made of is known there alone; a user's
/// translation unit has only the driver.
class pump
{
public:
    pump() = default;
    pump(const pump&) = delete;
    pump& operator=(const pump&) = delete;
    virtual ~pump() = default;

    /// Goes on until the engine pauses or finishes, or until a stream's own function has to run: read_source into
    /// read_space(), write_memory and write_buffer from write_data(). The event says how that went, or, where
    /// calls overlap, that it has begun.
    virtual action run(event e, stop_request stop, descriptor_pair descriptors) = 0;
    [[nodiscard]] virtual bool overlaps() const noexcept = 0;

    /// What run() has handed out for a worker to do. From file to file also what comes after it, for a few milliseconds:
    /// the way to a worker and back would take longer than a small file, or one small piece of a file between holes.
    [[nodiscard]] virtual event do_on_worker(call_side side) = 0;

    /// Closing them may wait for a file system.
    [[nodiscard]] virtual bool holds_duplicates() const noexcept = 0;
    virtual void close_duplicates() noexcept = 0;

    /// May it be destroyed now, and be gone on with from what park() says?
    [[nodiscard]] virtual bool can_park() const noexcept = 0;
    [[nodiscard]] virtual parked_pump park() const noexcept = 0;

    /// A caller's request, which counts from the next run() on.
    virtual void hear(stop_request stop) noexcept = 0;
    [[nodiscard]] virtual bool interrupts(stop_request stop, call_side side) const noexcept = 0;

    /// Is there something to be read from it now?
    [[nodiscard]] virtual bool source_is_ready(int descriptor) = 0;

    [[nodiscard]] virtual std::span<std::byte> read_space(const action& a) const noexcept = 0;
    [[nodiscard]] virtual std::span<const std::byte> write_data(const action& a) = 0;

    /// What has happened so far; only after the first run().
    [[nodiscard]] virtual std::uint64_t taken() const noexcept = 0;
    [[nodiscard]] virtual std::uint64_t delivered() const noexcept = 0;
    /// Does a worker move bytes from end to end, as far as it gets?
    [[nodiscard]] virtual bool leaves_to_worker() const noexcept = 0;
    [[nodiscard]] virtual bool sink_failed() const noexcept = 0;
};

/// One that goes on from there; `buffer` is lent to one that was parked. `options` must outlive it.
[[nodiscard]] KERNEL_COPY_DECL std::unique_ptr<pump> make_pump(const source_end& source, const sink_end& sink,
                                                               const copy_options& options, const context_ref& context,
                                                               const parked_pump& from, scratch&& buffer);

} // namespace kernel_copy::inline v0::detail

#endif

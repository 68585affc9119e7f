// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_SMALL_COPY_HPP
#define KERNEL_COPY_DETAIL_SMALL_COPY_HPP

#include <kernel_copy/detail/action.hpp>
#include <kernel_copy/detail/adaptive.hpp>
#include <kernel_copy/detail/facts.hpp>

#include <cstdint>
#include <optional>

namespace kernel_copy::inline v0::detail {

/// What is left of a copy between two sockets while it waits for its source with nothing in flight, and all that it
/// takes to pass on a small message: a read that leaves nothing behind, a write that is taken whole, the next wait, and
/// the end. Whatever else happens is for a copy_engine, which is made to go on from here.
struct small_copy
{
    /// One that has taken nothing yet; nothing if only a copy_engine can begin with these terms.
    [[nodiscard]] static std::optional<small_copy> begin(const copy_terms& terms, const method_set& methods,
                                                         const availability_table& known) noexcept;

    enum class step : unsigned char
    {
        waiting,
        reading,
        writing
    };

    std::uint64_t taken = 0;
    std::uint64_t delivered = 0;
    std::uint64_t drained = 0;
    adaptive choice{};
    method by = method::buffer;
    step at = step::waiting;
    bool ends_when_dry = false;
    bool has_waited = false; ///< only what has blocked once is known to be waited for

    [[nodiscard]] std::uint64_t in_flight() const noexcept { return taken - delivered; }

    /// Can it pass on anything at all, or is it only the rest of a larger copy?
    [[nodiscard]] bool can_go_on() const noexcept { return by == method::buffer && !ends_when_dry; }

    /// How the last action went (waiting: it has ended), of which a read is asked for `most` bytes; gives the next:
    /// read_source, write_buffer of all that is in flight, wait_source, or finish. Or hand_over: the engine is to be told
    /// the same event, as the answer to the same action.
    action_kind resume(const event& e, std::uint64_t most) noexcept;
};

} // namespace kernel_copy::inline v0::detail

#endif

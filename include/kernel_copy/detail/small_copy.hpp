// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_SMALL_COPY_HPP
#define KERNEL_COPY_DETAIL_SMALL_COPY_HPP

#include <kernel_copy/detail/action.hpp>
#include <kernel_copy/detail/adaptive.hpp>

#include <cstdint>

namespace kernel_copy::inline v0::detail {

/// What is left of a copy between two sockets while it waits for its source with nothing in flight, and all that it
/// takes to pass on a small message: a read that leaves nothing behind, a write that is taken whole, and the next
/// wait. Whatever else happens is for a copy_engine, which is made to go on from here.
struct small_copy
{
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

    [[nodiscard]] std::uint64_t in_flight() const noexcept { return taken - delivered; }

    /// Can it pass on anything at all, or is it only the rest of a larger copy?
    [[nodiscard]] bool can_go_on() const noexcept { return by == method::buffer && !ends_when_dry; }

    /// How the last action went (waiting: it has ended), of which a read is asked for `most` bytes; gives the next:
    /// read_source, write_buffer of all that is in flight, or wait_source. Or hand_over: the engine is to be told the
    /// same event, as the answer to the same action.
    action_kind resume(const event& e, std::uint64_t most) noexcept
    {
        switch (at)
        {
        case step::waiting:
            if (e.error)
                return action_kind::hand_over;
            at = step::reading;
            return action_kind::read_source;
        case step::reading:
            if (e.error || e.bytes == 0 || e.bytes >= most)
                return action_kind::hand_over;
            choice.was_short();
            taken += e.bytes;
            at = step::writing;
            return action_kind::write_buffer;
        case step::writing:
            break;
        }
        if (e.error || e.bytes != in_flight())
            return action_kind::hand_over;
        delivered += e.bytes;
        at = step::waiting;
        return action_kind::wait_source;
    }
};

} // namespace kernel_copy::inline v0::detail

#endif

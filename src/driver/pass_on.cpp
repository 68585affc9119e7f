// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/kernel.hpp>
#include <kernel_copy/detail/monitor_writer.hpp>
#include <kernel_copy/detail/pass_on.hpp>

#include <algorithm>
#include <cerrno>

namespace kernel_copy::inline v0::detail {

void begin_small(parked_pump& place, const copy_options& options, descriptor_pair descriptors)
{
    if (descriptors.source == -1 || descriptors.sink == -1)
        return;
    const auto begun = small_copy::begin(terms_of(options), options.methods, current_kernel().known().snapshot());
    if (begun)
        place = {.copy = *begun, .source = end_kind::stream_socket, .sink = end_kind::stream_socket, .is_one = true};
}

action_kind pass_on(parked_pump& place, const copy_options& options, descriptor_pair descriptors, scratch& buffer,
                    event& e)
{
    kernel& k = current_kernel();
    monitor_writer monitor{options.monitor};
    small_copy& copy = place.copy;
    const auto most = std::min<std::uint64_t>({options.buffer_size, options.turn_budget, call_cap});
    for (;;)
    {
        const std::uint64_t taken = copy.taken;
        const std::uint64_t delivered = copy.delivered;
        const action_kind next = copy.resume(e, most);
        monitor.moved(copy.taken - taken, copy.delivered - delivered, 0, method::buffer);
        if (next == action_kind::hand_over)
            return next;
        if (next == action_kind::finish && options.residue != nullptr) // which is told of it
            return action_kind::hand_over;
        monitor.issued(next, method::buffer);
        if (next == action_kind::wait_source || next == action_kind::finish)
        {
            buffer.give_back();
            return next;
        }
        call_result result{.bytes = 0, .error = ENOMEM};
        if (const bool writes = next == action_kind::write_buffer; writes || buffer.take(options.buffer_size))
        {
            monitor.system_calls(1);
            result = writes ? k.send(descriptors.sink, buffer.data(), copy.in_flight(), false)
                            : k.receive(descriptors.source, buffer.data(), most);
        }
        if (result.error == ENOTSOCK && copy.taken == 0) // no socket, whatever was said: a pump finds out what it is
        {
            place = {};
            e = {};
            buffer.give_back();
            return action_kind::hand_over;
        }
        e = {.bytes = result.bytes,
             .error = result.error == 0 ? error_code{} : errno_code(result.error),
             .side = side_of(next)};
    }
}

} // namespace kernel_copy::inline v0::detail

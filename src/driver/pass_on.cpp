// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/kernel.hpp>
#include <kernel_copy/detail/monitor_writer.hpp>
#include <kernel_copy/detail/pass_on.hpp>

#include <algorithm>
#include <cerrno>

namespace kernel_copy::inline v0::detail {

bool pass_on(small_copy& copy, const copy_options& options, descriptor_pair descriptors, scratch& buffer, event& e)
{
    kernel& k = current_kernel();
    monitor_writer monitor{options.monitor};
    const auto most = std::min<std::uint64_t>({options.buffer_size, options.turn_budget, call_cap});
    for (;;)
    {
        const std::uint64_t taken = copy.taken;
        const std::uint64_t delivered = copy.delivered;
        const action_kind next = copy.resume(e, most);
        monitor.moved(copy.taken - taken, copy.delivered - delivered, 0, method::buffer);
        if (next == action_kind::hand_over)
            return false;
        monitor.issued(next, method::buffer);
        if (next == action_kind::wait_source)
        {
            buffer.give_back();
            return true;
        }
        monitor.system_calls(1);
        call_result result{.bytes = 0, .error = ENOMEM};
        if (next == action_kind::write_buffer)
            result = k.send(descriptors.sink, buffer.data(), copy.in_flight(), false);
        else if (buffer.take(options.buffer_size))
            result = k.receive(descriptors.source, buffer.data(), most);
        e = {.bytes = result.bytes,
             .error = result.error == 0 ? error_code{} : errno_code(result.error),
             .side = side_of(next)};
    }
}

} // namespace kernel_copy::inline v0::detail

// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/kernel.hpp>

#include <cerrno>

namespace kernel_copy::inline v0::detail {

namespace {

constinit kernel system_kernel; // who copies before main() finds it ready
std::atomic<kernel*> kernel_in_use{&system_kernel};

} // namespace

void known_calls::remember(method call, availability a) noexcept
{
    table_[static_cast<std::size_t>(call)].store(a, std::memory_order_relaxed);
}

// A call that exists looks at its descriptors first and says EBADF; a filter or an old kernel says ENOSYS or
// EPERM without looking. The length is not 0 because splice of nothing succeeds.
bool kernel::probe(method call)
{
    constexpr int no_descriptor = -1;
    call_result answer{};
    if (call == method::copy_file_range)
        answer = copy_file_range(no_descriptor, nullptr, no_descriptor, 1);
    else if (call == method::sendfile)
        answer = sendfile(no_descriptor, nullptr, no_descriptor, 1);
    else
        answer = splice(no_descriptor, nullptr, no_descriptor, 1);
    const bool exists = answer.error == EBADF;
    known_.remember(call, exists ? availability::available : availability::unavailable);
    return exists;
}

kernel& current_kernel() noexcept
{
    return *kernel_in_use.load(std::memory_order_acquire);
}

kernel_replacement::kernel_replacement(kernel& with) noexcept
    : before_{kernel_in_use.exchange(&with, std::memory_order_acq_rel)}
{}

kernel_replacement::~kernel_replacement()
{
    kernel_in_use.store(before_, std::memory_order_release);
}

} // namespace kernel_copy::inline v0::detail

// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/kernel.hpp>

#include <cerrno>

/// Where there are no calls that move bytes inside the kernel, or they are not wanted: each says what a kernel says that
/// does not have it, and the rest of the library does what it does there.
namespace kernel_copy::inline v0::detail {

namespace {

constexpr call_result no_such_call{.bytes = 0, .error = ENOSYS};

} // namespace

availability_table known_calls::snapshot() const noexcept
{
    availability_table table{};
    for (const method call : {method::copy_file_range, method::sendfile, method::splice})
        table[static_cast<std::size_t>(call)] = availability::unavailable;
    return table;
}

call_result kernel::copy_file_range(int, const std::uint64_t*, int, std::uint64_t)
{
    return no_such_call;
}

call_result kernel::sendfile(int, const std::uint64_t*, int, std::uint64_t)
{
    return no_such_call;
}

call_result kernel::splice(int, const std::uint64_t*, int, std::uint64_t)
{
    return no_such_call;
}

call_result kernel::open_pipe(int (&)[2])
{
    return no_such_call;
}

call_result kernel::pipe_capacity(int)
{
    return no_such_call;
}

call_result kernel::resize_pipe(int, std::size_t)
{
    return no_such_call;
}

call_result kernel::find_data(int, std::uint64_t)
{
    return no_such_call;
}

call_result kernel::find_hole(int, std::uint64_t)
{
    return no_such_call;
}

call_result kernel::clone(int, std::uint64_t, int, std::uint64_t, std::uint64_t)
{
    return no_such_call;
}

call_result kernel::punch(int, std::uint64_t, std::uint64_t)
{
    return no_such_call;
}

call_result kernel::extend(int, std::uint64_t)
{
    return no_such_call;
}

call_result kernel::reopen(int)
{
    return no_such_call;
}

// What is in the page cache can't be told, so all of it may have to be waited for.
call_result kernel::warm(int, std::uint64_t, std::uint64_t)
{
    return {};
}

call_result kernel::read_if_ready(int, const std::uint64_t*, void*, std::uint64_t)
{
    return {.bytes = 0, .error = EAGAIN};
}

// Nothing was held back.
call_result kernel::push(int)
{
    return {};
}

} // namespace kernel_copy::inline v0::detail

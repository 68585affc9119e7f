// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_SCRIPT_WORDS_HPP
#define KERNEL_COPY_TEST_SUPPORT_SCRIPT_WORDS_HPP

#include <kernel_copy/detail/action.hpp>
#include <support/engine_model.hpp>

#include <cstdint>
#include <optional>

namespace kernel_copy::test {

/// An action as a script expects it.
struct expected
{
    action_kind kind = action_kind::finish;
    std::optional<method> by{};
    std::uint64_t length = 0;
    std::uint64_t offset = 0;
    std::uint64_t hole = 0;
    unsigned char half = 0;
    std::uint64_t slack = 0; ///< by which the length may differ
    detail::place runs = detail::place::here;
    bool more = false;
};

inline expected on_worker(expected what)
{
    what.runs = detail::place::worker;
    return what;
}

inline expected if_ready(expected what)
{
    what.runs = detail::place::here_if_ready;
    return what;
}

inline expected with_more(expected what)
{
    what.more = true;
    return what;
}

/// Of the second of two pipes.
inline expected second(expected what)
{
    what.half = 1;
    return what;
}

inline expected transfer(method by, std::uint64_t length)
{
    return {.kind = action_kind::transfer, .by = by, .length = length};
}

inline expected clone_range(std::uint64_t length, std::uint64_t at = 0)
{
    return {.kind = action_kind::clone_range, .by = method::copy_file_range, .length = length, .offset = at};
}

inline expected find_data(std::uint64_t at)
{
    return {.kind = action_kind::find_data, .offset = at};
}

/// A transfer that begins with a hole.
inline expected transfer_behind(std::uint64_t hole, std::uint64_t at, method by, std::uint64_t length)
{
    return {.kind = action_kind::transfer, .by = by, .length = length, .offset = at, .hole = hole};
}

inline expected skip_hole(std::uint64_t length, std::uint64_t at)
{
    return {.kind = action_kind::skip_hole, .length = length, .offset = at};
}

inline expected fill_pipe(std::uint64_t length)
{
    return {.kind = action_kind::fill_pipe, .by = method::splice_through_pipe, .length = length};
}

inline expected drain_pipe(std::uint64_t length)
{
    return {.kind = action_kind::drain_pipe, .by = method::splice_through_pipe, .length = length};
}

inline expected read_source(std::uint64_t length, unsigned char into = 0)
{
    return {.kind = action_kind::read_source, .length = length, .half = into};
}

inline expected read_pipe(std::uint64_t length)
{
    return {.kind = action_kind::read_pipe, .length = length};
}

inline expected write_buffer(std::uint64_t length, std::uint64_t offset = 0, unsigned char half = 0)
{
    return {.kind = action_kind::write_buffer, .length = length, .offset = offset, .half = half};
}

/// A half from its beginning on.
inline expected write_half(unsigned char half, std::uint64_t length)
{
    return write_buffer(length, 0, half);
}

inline expected write_memory(std::uint64_t length)
{
    return {.kind = action_kind::write_memory, .length = length};
}

inline expected unread_source(std::uint64_t length)
{
    return {.kind = action_kind::unread_source, .length = length};
}

inline expected save_buffer(std::uint64_t length, std::uint64_t offset = 0, unsigned char half = 0)
{
    return {.kind = action_kind::save_buffer, .length = length, .offset = offset, .half = half};
}

inline expected save_pipe(std::uint64_t length, unsigned char half = 0)
{
    return {.kind = action_kind::save_pipe, .length = length, .half = half};
}

inline expected probe_call(method call)
{
    return {.kind = action_kind::probe_call, .by = call};
}

inline expected ask_warmth(std::uint64_t length, std::uint64_t offset = 0)
{
    return {.kind = action_kind::ask_warmth, .length = length, .offset = offset};
}

inline constexpr expected push_sink{.kind = action_kind::push_sink};
inline constexpr expected flush_sink{.kind = action_kind::flush_sink};
inline constexpr expected open_pipe{.kind = action_kind::open_pipe};
inline constexpr expected return_pipe{.kind = action_kind::return_pipe};
inline constexpr expected grow_pipe{.kind = action_kind::grow_pipe};
inline constexpr expected ask_readiness{.kind = action_kind::ask_readiness};
inline constexpr expected confirm_end{.kind = action_kind::confirm_end};
inline constexpr expected wait_source{.kind = action_kind::wait_source};
inline constexpr expected wait_sink{.kind = action_kind::wait_sink};
inline constexpr expected yield{.kind = action_kind::yield};
inline constexpr expected await{.kind = action_kind::await};
inline constexpr expected cancel_calls{.kind = action_kind::cancel_calls};

/// To the nanosecond before or behind it.
inline expected pace(std::uint64_t nanoseconds)
{
    return {.kind = action_kind::pace, .length = nanoseconds, .slack = 1};
}

} // namespace kernel_copy::test

#endif

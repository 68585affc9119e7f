// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_SCRIPT_HPP
#define KERNEL_COPY_TEST_SUPPORT_SCRIPT_HPP

#include <support/engine_run.hpp>

#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kernel_copy::test {

/// Where a test says something. As std::source_location, which not every standard library of C++20 has.
struct place
{
    const char* file = "";
    unsigned line = 0;

    static place here(const char* file = __builtin_FILE(), unsigned line = __builtin_LINE()) { return {file, line}; }
    [[nodiscard]] std::string text() const { return std::string{file} + ":" + std::to_string(line); }
};

/// An action as a script expects it.
struct expected
{
    action_kind kind = action_kind::finish;
    std::optional<method> by{};
    std::uint64_t length = 0;
    std::uint64_t offset = 0;
};

inline expected transfer(method by, std::uint64_t length)
{
    return {.kind = action_kind::transfer, .by = by, .length = length};
}

inline expected fill_pipe(std::uint64_t length)
{
    return {.kind = action_kind::fill_pipe, .by = method::splice_through_pipe, .length = length};
}

inline expected drain_pipe(std::uint64_t length)
{
    return {.kind = action_kind::drain_pipe, .by = method::splice_through_pipe, .length = length};
}

inline expected read_source(std::uint64_t length)
{
    return {.kind = action_kind::read_source, .length = length};
}

inline expected read_pipe(std::uint64_t length)
{
    return {.kind = action_kind::read_pipe, .length = length};
}

inline expected write_buffer(std::uint64_t length, std::uint64_t offset = 0)
{
    return {.kind = action_kind::write_buffer, .length = length, .offset = offset};
}

inline expected write_memory(std::uint64_t length)
{
    return {.kind = action_kind::write_memory, .length = length};
}

inline expected unread_source(std::uint64_t length)
{
    return {.kind = action_kind::unread_source, .length = length};
}

inline expected probe_call(method call)
{
    return {.kind = action_kind::probe_call, .by = call};
}

inline constexpr expected flush_sink{.kind = action_kind::flush_sink};
inline constexpr expected open_pipe{.kind = action_kind::open_pipe};
inline constexpr expected grow_pipe{.kind = action_kind::grow_pipe};
inline constexpr expected ask_readiness{.kind = action_kind::ask_readiness};
inline constexpr expected wait_source{.kind = action_kind::wait_source};
inline constexpr expected wait_sink{.kind = action_kind::wait_sink};
inline constexpr expected yield{.kind = action_kind::yield};

/// One conversation with the engine: what it asks for, and what it is told.
///
/// finishes() also replays the conversation with a failure and with each stop request at every step; an
/// honest kernel answers what comes after.
class script
{
public:
    explicit script(const scenario& of, place where = place::here());

    script& expect(const expected& what, place where = place::here());
    script& gives(std::uint64_t bytes, stop_request stop = stop_request::none);
    script& fails(int error, stop_request stop = stop_request::none) { return answers(0, error, stop); }
    script& gives_and_fails(std::uint64_t bytes, int error, stop_request stop = stop_request::none);
    script& ready(stop_request stop = stop_request::none) { return gives(0, stop); }
    script& done(stop_request stop = stop_request::none) { return gives(0, stop); }
    /// The wait, or the stream's own function, was ended by this request.
    script& stopped_by(stop_request stop) { return answers(0, ECANCELED, stop); }

    script& finishes(const error_code& error, std::uint64_t delivered, std::optional<std::uint64_t> taken = {},
                     place where = place::here());

    [[nodiscard]] const detail::copy_engine& engine() const { return run_.engine(); }
    [[nodiscard]] const source_stack& source() const { return run_.stack(); }
    [[nodiscard]] const world& around() const { return run_.around(); }

private:
    script& answers(std::uint64_t bytes, int error, stop_request stop);
    void broken(const std::string& how);

    scenario scenario_;
    copy_run run_;
    std::vector<reply> replies_{};
    place where_;
    bool broken_ = false;
};

/// Replays what led to an end, with every failure and stop at every step. Gives the number of replays.
std::size_t replay(const scenario& of, const std::vector<reply>& replies, place where);

} // namespace kernel_copy::test

#endif

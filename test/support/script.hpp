// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_SCRIPT_HPP
#define KERNEL_COPY_TEST_SUPPORT_SCRIPT_HPP

#include <support/engine_run.hpp>
#include <support/script_words.hpp>

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

/// One conversation with the engine: what it asks for, and what it is told.
///
/// Where calls overlap, what a stream's own function does and what is waited for begins(), and after await one
/// of the two sides answers.
///
/// finishes() also replays the conversation with a failure and with each stop request at every step; an
/// honest kernel answers what comes after.
class script
{
public:
    explicit script(const scenario& of, place where = place::here());

    script& expect(const expected& what, place where = place::here());
    script& gives(std::uint64_t bytes, stop_request stop = stop_request::none) { return answers({bytes, 0}, stop); }
    script& fails(int error, stop_request stop = stop_request::none) { return answers({0, error}, stop); }
    script& gives_and_fails(std::uint64_t bytes, int error, stop_request stop = stop_request::none)
    {
        return answers({bytes, error}, stop);
    }
    script& ready(stop_request stop = stop_request::none) { return gives(0, stop); }
    /// After so many nanoseconds, by itself or while calls overlap.
    script& sink_ready_after(std::uint64_t nanoseconds)
    {
        return say({.how = {.side = call_side::sink, .nanoseconds = nanoseconds}});
    }
    /// Where data was found.
    script& finds(std::uint64_t begin, std::uint64_t end) { return say({.how = {.bytes = begin, .end = end}}); }
    /// A new or a grown pipe tells its capacity.
    script& done(stop_request stop = stop_request::none);
    /// The wait, or the stream's own function, was ended by this request.
    script& stopped_by(stop_request stop) { return fails(ECANCELED, stop); }

    script& begins();
    script& source_gives(std::uint64_t bytes, stop_request stop = stop_request::none)
    {
        return answers({bytes, 0, call_side::source}, stop);
    }
    script& sink_gives(std::uint64_t bytes, stop_request stop = stop_request::none)
    {
        return answers({bytes, 0, call_side::sink}, stop);
    }
    script& source_fails(int error, std::uint64_t bytes = 0) { return answers({bytes, error, call_side::source}, {}); }
    script& sink_fails(int error, std::uint64_t bytes = 0) { return answers({bytes, error, call_side::sink}, {}); }
    script& source_stopped_by(stop_request stop, std::uint64_t bytes = 0)
    {
        return answers({bytes, ECANCELED, call_side::source}, stop);
    }
    script& sink_stopped_by(stop_request stop, std::uint64_t bytes = 0)
    {
        return answers({bytes, ECANCELED, call_side::sink}, stop);
    }
    script& source_ends_with(std::uint64_t bytes)
    {
        return say({.how = {.bytes = bytes, .side = call_side::source, .last = true}});
    }
    script& source_ready() { return source_gives(0); }
    script& sink_ready() { return sink_gives(0); }

    /// The request comes meanwhile, and ends no call.
    script& hears(stop_request stop);

    script& finishes(const error_code& error, std::uint64_t delivered, std::optional<std::uint64_t> taken = {},
                     place where = place::here());

    [[nodiscard]] const detail::copy_engine& engine() const { return run_.engine(); }
    [[nodiscard]] const source_stack& source() const { return run_.stack(); }
    [[nodiscard]] const world& around() const { return run_.around(); }

private:
    struct outcome
    {
        std::uint64_t bytes = 0;
        int error = 0;
        std::optional<call_side> side{}; ///< of the action just given, if not told
    };

    script& answers(const outcome& how, stop_request stop);
    script& say(const reply& r);
    void broken(const std::string& how);

    scenario scenario_;
    copy_run run_;
    std::vector<reply> replies_{};
    place where_;
    bool broken_ = false;
};

/// Replays what led to an end, with every failure and stop at every step.
void replay(const scenario& of, const std::vector<reply>& replies, place where);

} // namespace kernel_copy::test

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_SCENARIO_HPP
#define KERNEL_COPY_TEST_SUPPORT_SCENARIO_HPP

#include <kernel_copy/detail/action.hpp>
#include <kernel_copy/detail/facts.hpp>
#include <kernel_copy/detail/progress.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace kernel_copy::test {

using detail::copy_setup;
using detail::errno_code;
using detail::no_limit;

/// Something happened that must never happen.
class violation : public std::logic_error
{
public:
    using std::logic_error::logic_error;
};

inline void require(bool holds, const char* otherwise)
{
    if (!holds)
        throw violation{otherwise};
}

inline void require(bool holds, const std::string& otherwise)
{
    if (!holds)
        throw violation{otherwise};
}

/// One wrapper around the source: a limit, or bytes in memory.
struct layer_spec
{
    std::optional<std::uint64_t> limit{};
    bool exact = false;
    std::string memory{};
};

inline layer_spec take(std::uint64_t n)
{
    return {.limit = n};
}

inline layer_spec exactly(std::uint64_t n)
{
    return {.limit = n, .exact = true};
}

/// Bytes whose content tells their place.
inline layer_spec prefixed(std::size_t n)
{
    layer_spec layer{};
    for (std::size_t i = 0; i != n; ++i)
        layer.memory += static_cast<char>('a' + i % 23);
    return layer;
}

/// Where a source has no data.
struct hole_spec
{
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

/// All that one copy begins with; can be begun any number of times.
struct scenario
{
    copy_setup setup{};
    std::vector<layer_spec> layers{};        ///< outermost first
    std::optional<std::uint64_t> position{}; ///< of an explicit range, whose length is the innermost limit
    std::vector<hole_spec> holes{};          ///< in order
    bool shares = false;                     ///< clone_range is answered as any action, and not refused at once
    bool looks = false;                      ///< confirm_end is answered as any action, and not at once that it is so
};

/// The wrappers of one run, and what the engine has done to them.
class source_stack
{
public:
    explicit source_stack(const scenario& from);
    source_stack(const source_stack&) = delete;
    source_stack& operator=(const source_stack&) = delete;

    [[nodiscard]] detail::progress begin_counts();
    [[nodiscard]] std::size_t size() const { return specs_.size(); }
    [[nodiscard]] const layer_spec& spec(std::size_t i) const { return specs_[i]; }
    [[nodiscard]] std::uint64_t limit_left(std::size_t i) const { return limits_[i]; }
    [[nodiscard]] std::uint64_t consumed(std::size_t i) const { return memories_[i].consumed; }
    [[nodiscard]] std::size_t index_of(const detail::source_layer& layer) const;
    [[nodiscard]] std::uint64_t position() const { return position_; }

private:
    struct memory
    {
        std::string bytes;
        std::size_t consumed = 0;
    };

    static detail::memory_ref refer_to(memory& m);

    std::vector<layer_spec> specs_;
    std::deque<memory> memories_{};
    std::vector<std::uint64_t> limits_{};
    std::vector<detail::source_layer> layers_{};
    bool positioned_;
    std::uint64_t position_;
};

/// Two ends of these kinds; `size` is what fstat says of a file.
inline scenario between(end_kind source, end_kind sink, std::uint64_t size = 0)
{
    scenario s{};
    s.setup.source = {.kind = source, .size = size};
    s.setup.sink = {.kind = sink};
    s.setup.source.inode = 1; // two files, if they are files
    s.setup.sink.inode = 2;
    s.setup.turn_budget = 256 * 1024;
    s.setup.buffer_size = 64 * 1024;
    return s;
}

} // namespace kernel_copy::test

#endif

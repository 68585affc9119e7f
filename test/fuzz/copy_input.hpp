// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_FUZZ_COPY_INPUT_HPP
#define KERNEL_COPY_TEST_FUZZ_COPY_INPUT_HPP

#include "decisions.hpp"

#include <kernel_copy/options.hpp>

#include <cstdint>
#include <string>

namespace kernel_copy::test {

/// What an end of a copy is made of.
enum class form : unsigned char
{
    socket,
    pipe,
    file,
    opaque, ///< a stream of which only its functions are known
    range   ///< of a file; a source only
};

/// What is around the source.
enum class wrapping : unsigned char
{
    none,
    limited, ///< take(prefixed(take(source)))
    owed     ///< exactly(prefixed(source))
};

/// One copy of real ends.
struct copy_input
{
    form source = form::socket;
    form sink = form::socket;
    wrapping around = wrapping::none;
    bool over_tcp = false;
    bool small_sink = false;
    bool appends = false;
    std::string said{};           ///< all that the source holds, or that its peer is to say
    std::uint64_t offset = 0;     ///< of a file: where the source begins in `said`
    std::uint64_t range_length{}; ///< no_limit: to the end
    std::string prefix{};
    std::uint64_t outer = 0;
    std::uint64_t inner = 0;
    std::uint64_t sink_held = 0; ///< of a file: what was in it, and
    std::uint64_t sink_at = 0;   ///< its position
    copy_options options{};

    [[nodiscard]] bool from_file() const { return source == form::file || source == form::range; }
    [[nodiscard]] bool has_files() const { return from_file() || sink == form::file; }
    /// What is to arrive, if the source gives no more than so much.
    [[nodiscard]] std::string promised(std::uint64_t source_gives) const;
};

[[nodiscard]] copy_options decide_options(decisions& from, std::uint64_t in_all);
[[nodiscard]] copy_input decide_copy_input(decisions& from);

[[nodiscard]] std::string describe(const copy_options& options);
[[nodiscard]] std::string describe(const copy_input& input);

} // namespace kernel_copy::test

#endif

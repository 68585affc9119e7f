// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_FUZZ_ENGINE_INPUT_HPP
#define KERNEL_COPY_TEST_FUZZ_ENGINE_INPUT_HPP

#include "decisions.hpp"

#include <support/engine_run.hpp>

#include <cstdint>
#include <string>

namespace kernel_copy::test {

/// A copy and the world that it begins in.
struct engine_input
{
    scenario of{};
    std::uint64_t source_holds = 0;
    temper how{};
    stop_request at_the_start = stop_request::none;
};

/// Never one that takes more than some thousand steps.
[[nodiscard]] engine_input decide_engine_input(decisions& from);

[[nodiscard]] std::string describe(const engine_input& input);

} // namespace kernel_copy::test

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_STRESS_START_HPP
#define KERNEL_COPY_TEST_STRESS_START_HPP

#include "completion.hpp"
#include "ends.hpp"
#include "memory.hpp"

#include <kernel_copy/options.hpp>
#include <kernel_copy/relay_options.hpp>

#include <cstdint>
#include <functional>

namespace soak {

/// How a source is read.
struct reading
{
    enum view
    {
        plain,
        take,
        exactly,
        range
    } how = plain;
    std::uint64_t limit = 0;  ///< of a view; what remains of it afterwards
    std::uint64_t offset = 0; ///< of a range; where it is afterwards
    bool is_prefixed = false;

    std::function<void()> read_back{}; ///< brings the two up to date; holds the view
};

using copy_completion = completion<std::uint64_t>;
using relay_completion = completion<kernel_copy::relay_result>;

void start_copy(reading& how, memory_in_front& memory, end& source, end& sink, const kernel_copy::copy_options& with,
                copy_completion handler);

/// Each end is preceded by what it has in memory, if `prefixed`.
void start_relay(memory_in_front& out, memory_in_front& back, bool prefixed, end& a, end& b,
                 const kernel_copy::relay_options& with, relay_completion handler);

} // namespace soak

#endif

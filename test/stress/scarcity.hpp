// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_STRESS_SCARCITY_HPP
#define KERNEL_COPY_TEST_STRESS_SCARCITY_HPP

#include "draw.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

namespace soak {

/// Takes the process's descriptors away now and then, for a short while.
class scarcity
{
public:
    /// Between start() and stop(), at times that are drawn.
    void start(std::uint64_t seed);
    void stop();
    ~scarcity() { stop(); }

    /// Odd while there are none.
    [[nodiscard]] std::uint64_t now() const noexcept { return changes_; }
    /// Were there none at some time since then?
    [[nodiscard]] bool was_since(std::uint64_t then) const noexcept { return then % 2 == 1 || now() != then; }
    [[nodiscard]] std::uint64_t periods() const noexcept { return (now() + 1) / 2; }

private:
    void run(draw d);
    bool pause(std::uint64_t milliseconds); ///< false: it is over

    std::atomic<std::uint64_t> changes_{0};
    std::mutex mutex_{};
    std::condition_variable ends_{};
    bool over_ = false;
    std::thread thread_{};
};

} // namespace soak

#endif

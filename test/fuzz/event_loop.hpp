// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_FUZZ_EVENT_LOOP_HPP
#define KERNEL_COPY_TEST_FUZZ_EVENT_LOOP_HPP

#include "scripted_kernel.hpp"

#include <kernel_copy/monitor.hpp>

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <functional>

namespace kernel_copy::test {

/// A context that is run handler by handler, on a kernel that may lie. Nobody waits in it without a bound, or goes on
/// without end.
class event_loop
{
public:
    event_loop(decisions& from, bool has_files);

    [[nodiscard]] boost::asio::io_context& io() { return io_; }
    [[nodiscard]] const scripted_kernel& kernel() const { return kernel_; }

    /// One handler that is ready, if there is one.
    bool run_one();
    /// From here on what a direction delivers in one handler is no more than its turn's budget.
    void keep_budget(const monitor& counters, std::uint64_t budget);
    /// Until it is done; `moves` does something about it, and says whether it could.
    void run_until(const bool& done, const std::function<bool()>& moves);
    /// Nothing is left of the operation in the context.
    void check_over();

private:
    struct kept
    {
        const monitor* counters;
        std::uint64_t budget;
        std::uint64_t delivered = 0;
    };

    void check_budgets();

    scripted_kernel kernel_;
    boost::asio::io_context io_{1};
    std::vector<kept> kept_{};
    unsigned handlers_ = 0;
};

} // namespace kernel_copy::test

#endif

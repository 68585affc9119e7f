// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_RELAY_RUN_HPP
#define KERNEL_COPY_TEST_SUPPORT_RELAY_RUN_HPP

#include <kernel_copy/detail/relay_engine.hpp>
#include <support/scenario.hpp>

#include <array>
#include <chrono>
#include <optional>

namespace kernel_copy::test {

using detail::relay_engine;
using detail::stop_request;

/// How a direction ends that nobody has told to.
enum class ending : unsigned char
{
    clean,
    source_error,
    sink_error,
    sink_reset
};

/// What a relay begins with.
struct relay_plan
{
    bool shuts_down_at_once = false;
    bool anything_taken = false;
    std::array<bool, 2> late_shutdown{};
    relay_engine::duration idle = std::chrono::seconds{10};
    relay_engine::duration half_close = std::chrono::seconds{3};
};

/// A relay with two modelled directions. What must never be is thrown as a violation. What happens to it gives false
/// if it can't happen now.
class relay_run
{
public:
    explicit relay_run(const relay_plan& p);

    [[nodiscard]] bool finished() const { return finished_; }

    bool stop(stop_request request);
    /// `heeds`: it has been told to stop, and ends because of that.
    bool end(unsigned char way, ending how, bool heeds = true);
    bool is_shut_down(unsigned char way);
    /// Bytes have moved.
    bool moves();
    bool pass_time(relay_engine::duration length);

private:
    using duration = relay_engine::duration;

    void go_on();
    void check_shut_down(unsigned char way);
    void check_await() const;
    void check_finish(const error_code& error);
    [[nodiscard]] duration limit() const;

    relay_plan plan_;
    relay_engine engine_;
    relay_engine::time_point now_{std::chrono::hours{1}};
    relay_engine::time_point moved_ = now_;
    std::optional<error_code> error_{};
    std::array<stop_request, 2> least_{}; ///< what each must have been told, unless it has ended
    std::array<stop_request, 2> told_{};
    std::array<bool, 2> ended_{};
    std::array<bool, 2> clean_{};
    std::array<bool, 2> source_is_reset_{}; ///< as who wrote to it has found out
    std::array<bool, 2> shutting_{};
    std::array<bool, 2> was_shut_down_{};
    bool stopped_shutting_ = false;
    bool finished_ = false;
};

} // namespace kernel_copy::test

#endif

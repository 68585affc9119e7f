// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_STRESS_COMPLETION_HPP
#define KERNEL_COPY_TEST_STRESS_COMPLETION_HPP

#include "record.hpp"

#include <kernel_copy/error.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <utility>

namespace soak {

namespace asio = boost::asio;
using kernel_copy::error_code;

/// Who starts operations: all of it is used on its strand.
struct starter
{
    explicit starter(const asio::any_io_executor& strand) : bell{strand} {}

    asio::steady_timer bell; ///< cancelled whenever something has changed
    asio::cancellation_signal signal{};
};

/// How an operation ended.
template <class Result>
struct outcome
{
    bool done = false;
    error_code error{};
    Result result{};
};

/// The handler of an operation: tells its starter, on the starter's strand, and keeps it alive.
template <class Result>
class completion
{
public:
    using executor_type = asio::any_io_executor;
    using cancellation_slot_type = asio::cancellation_slot;

    completion(std::shared_ptr<starter> to, const record& at, outcome<Result>& how, const executor_type& runs_on,
               cancellation_slot_type slot)
        : to_{std::move(to)}, record_{&at}, how_{&how}, executor_{runs_on}, slot_{slot}
    {}

    [[nodiscard]] executor_type get_executor() const noexcept { return executor_; }
    [[nodiscard]] cancellation_slot_type get_cancellation_slot() const noexcept { return slot_; }

    void operator()(error_code error, const Result& result)
    {
        asio::dispatch(to_->bell.get_executor(), [to = to_, at = record_, how = how_, error, result] {
            expect(!how->done, *at, "an operation has completed twice");
            *how = {true, error, result};
            to->bell.cancel();
        });
    }

private:
    std::shared_ptr<starter> to_;
    const record* record_;
    outcome<Result>* how_;
    executor_type executor_;
    cancellation_slot_type slot_;
};

} // namespace soak

#endif

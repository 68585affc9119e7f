// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_RESUMPTION_INTERRUPTIONS_HPP
#define KERNEL_COPY_TEST_RESUMPTION_INTERRUPTIONS_HPP

#include "support/copies.hpp"
#include "support/fake_kernel.hpp"
#include "support/sanitized.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <atomic>
#include <cerrno>
#include <random>
#include <set>

namespace test {

/// Requests of every kind to stop, each after some handlers of the context, as chance has it.
class interruptions
{
public:
    /// @param most the number of interruptions
    /// @param handlers the most that run in between
    interruptions(unsigned seed, unsigned most, unsigned handlers)
        : random_{seed}, left_{most}, most_{most}, handlers_{1, handlers}
    {}

    /// Runs until an operation is done, which is asked to stop meanwhile.
    void interrupt(asio::io_context& io, asio::cancellation_signal& signal, const bool& done)
    {
        using asio::cancellation_type;
        static constexpr cancellation_type types[] = {cancellation_type::total, cancellation_type::partial,
                                                      cancellation_type::terminal};
        while (left_ != 0 && !done)
        {
            unsigned n = handlers_(random_);
            const auto end = std::chrono::steady_clock::now() + patience;
            run_until(io, [&] { return done || n-- == 0; });
            BOOST_REQUIRE(std::chrono::steady_clock::now() < end);
            if (!done)
            {
                signal.emit(types[random_() % 3]);
                --left_;
            }
        }
        run_until(io, [&] { return done; });
    }

    [[nodiscard]] unsigned made() const { return most_ - left_; }

private:
    std::mt19937 random_;
    unsigned left_;
    unsigned most_;
    std::uniform_int_distribution<unsigned> handlers_;
};

/// A kernel in which every so-many-th transfer fails.
class failing_kernel
{
public:
    explicit failing_kernel(std::uint64_t every)
    {
        kernel_.instead = [this, every](const std::string& call, std::size_t, std::uint64_t) -> fake_kernel::answer {
            static const std::set<std::string> transfers{"copy_file_range", "sendfile", "splice",
                                                         "write",           "send",     "recv"};
            if (!transfers.contains(call) || ++calls_ % every != 0)
                return {};
            ++failures_;
            return call_result{.bytes = 0, .error = EIO};
        };
    }

    [[nodiscard]] std::uint64_t failures() const { return failures_; }

private:
    std::atomic<std::uint64_t> calls_{0};
    std::atomic<std::uint64_t> failures_{0};
    fake_kernel kernel_{};
    kernel_copy::detail::kernel_replacement replaced_{kernel_};
};

} // namespace test

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_FUZZ_SCRIPTED_KERNEL_HPP
#define KERNEL_COPY_TEST_FUZZ_SCRIPTED_KERNEL_HPP

#include "decisions.hpp"

#include <support/fake_kernel.hpp>

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

namespace kernel_copy::test {

/// The system's kernel, in place while it lives, which fails at some calls or says that there is nothing, as decided.
class scripted_kernel
{
public:
    /// `has_files`: a call may be one on a file, which is always ready.
    scripted_kernel(decisions& from, bool has_files);
    scripted_kernel(const scripted_kernel&) = delete;
    scripted_kernel& operator=(const scripted_kernel&) = delete;

    /// It has not been honest.
    [[nodiscard]] bool has_lied() const { return has_lied_; }
    [[nodiscard]] bool has_lied_about(const char* call) const;
    /// Has it said that nothing was there, or that nothing was taken?
    [[nodiscard]] bool has_said_nothing() const;
    [[nodiscard]] std::size_t calls() const { return calls_; }
    [[nodiscard]] std::string describe() const;

private:
    struct lie
    {
        std::size_t at = 0;
        int error = 0; ///< 0: it says 0
        std::string told{};
    };

    [[nodiscard]] bool can_fail_with(const std::string& call, int error) const;
    [[nodiscard]] ::test::fake_kernel::answer answer(const std::string& call);

    bool has_files_;
    std::vector<lie> lies_{};
    std::atomic<std::size_t> calls_{0};
    std::atomic<bool> has_lied_{false};
    ::test::fake_kernel kernel_{};
    detail::kernel_replacement replaced_{kernel_};
};

} // namespace kernel_copy::test

#endif

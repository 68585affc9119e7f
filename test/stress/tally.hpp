// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_STRESS_TALLY_HPP
#define KERNEL_COPY_TEST_STRESS_TALLY_HPP

#include <kernel_copy/error.hpp>
#include <kernel_copy/monitor.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <ostream>
#include <string>

namespace soak {

/// What the whole run has done.
class tally
{
public:
    using counter = std::atomic<std::uint64_t>;

    counter cancellations{0};
    counter owner_closes{0};
    counter resumptions{0};
    counter salvages{0}; ///< copies that went on into another sink
    counter residues{0}; ///< operations that left one
    counter bytes_of_residues{0};
    counter peer_resets{0};
    counter peer_closes{0};
    counter contexts_destroyed{0};
    counter dropped{0}; ///< transfers that went with their context
    counter scarcities{0};
    counter transfers_refused{0}; ///< that waited for descriptors
    counter bytes{0};

    void ended(const std::string& kind, const kernel_copy::error_code& how, std::uint64_t number,
               std::chrono::steady_clock::duration took);
    void used(const kernel_copy::monitor& counters);
    void print(std::ostream& to) const;

private:
    struct outcome_count
    {
        std::array<char, 32> kind{};
        std::array<char, 24> how{};
        std::uint64_t times = 0;
    };

    mutable std::mutex mutex_{};
    std::array<outcome_count, 400> outcomes_{}; ///< no memory that grows: the balance is drawn while it lives
    std::uint64_t slowest_ = 0;
    std::chrono::steady_clock::duration longest_{};
    std::array<counter, kernel_copy::method_count> bytes_by_{};
    std::array<counter, kernel_copy::method_count> given_up_{};
    counter waits_{0};
    counter yields_{0};
};

} // namespace soak

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_STRESS_RECORD_HPP
#define KERNEL_COPY_TEST_STRESS_RECORD_HPP

#include <kernel_copy/monitor.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace soak {

/// One direction of a transfer, as its peers and the library count it.
struct way
{
    std::atomic<std::uint64_t> sent{0};
    std::atomic<std::uint64_t> received{0};
    std::atomic<std::uint64_t> delivered{0}; ///< as handlers were told
    kernel_copy::monitor monitor{};
};

/// What is known of a transfer, for whoever looks at it from another thread.
class record
{
public:
    explicit record(std::uint64_t n) : number{n} {}

    /// What it is about to do; a text that lives for ever.
    void enters(const char* stage) noexcept
    {
        stage_ = stage;
        steps += 1;
    }
    void add(const std::string& words);

    /// Grows as long as anything moves.
    [[nodiscard]] std::uint64_t progress() const noexcept;
    void print(std::ostream& to) const;

    const std::uint64_t number;
    std::atomic<std::uint64_t> steps{0};
    std::array<way, 2> ways{};

private:
    std::atomic<const char*> stage_{"begin"};
    mutable std::mutex mutex_{};
    std::string words_{};
};

/// Ends the program, with what is known of the transfer.
[[noreturn]] void fault(const record& at, const std::string& what);
[[noreturn]] void fault(const std::string& what);
void set_seed_of_faults(std::uint64_t seed);

inline void expect(bool holds, const record& at, const char* what)
{
    if (!holds)
        fault(at, what);
}

/// All transfers that are under way.
class registry
{
public:
    std::shared_ptr<record> add(std::uint64_t number);
    void remove(const std::shared_ptr<record>& which);
    /// Faults those in which nothing has moved for too long. To be called about once a second.
    void look();

private:
    struct entry
    {
        std::shared_ptr<record> what;
        std::uint64_t progress = 0;
        unsigned unchanged = 0;
    };

    std::mutex mutex_{};
    std::vector<entry> entries_{};
};

} // namespace soak

#endif

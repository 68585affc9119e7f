// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_DISK_JOBS_HPP
#define KERNEL_COPY_TEST_SUPPORT_DISK_JOBS_HPP

#include "support/system.hpp"

#include <kernel_copy/detail/disk_queue.hpp>
#include <kernel_copy/disk_workers.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace test {

namespace asio = boost::asio;
using kernel_copy::disk_workers;

/// The bound on every wait of these tests.
inline constexpr std::chrono::seconds disk_patience{30};

/// A number that threads count up and wait for.
class tally
{
public:
    void add()
    {
        const std::lock_guard lock{mutex_};
        ++n_;
        changed_.notify_all();
    }
    [[nodiscard]] std::size_t count() const
    {
        const std::lock_guard lock{mutex_};
        return n_;
    }
    [[nodiscard]] bool reaches(std::size_t n) const
    {
        std::unique_lock lock{mutex_};
        return changed_.wait_for(lock, disk_patience, [&] { return n_ >= n; });
    }

private:
    mutable std::mutex mutex_{};
    mutable std::condition_variable changed_{};
    std::size_t n_ = 0;
};

/// Holds up who passes until it is opened; nobody is held up for longer than the bound.
class gate
{
public:
    void open() { opened_.add(); }
    bool pass() const { return opened_.reaches(1); }

private:
    tally opened_{};
};

/// Waits for what only the system or a count can tell.
template <class Condition>
bool becomes_true(Condition condition)
{
    const auto end = std::chrono::steady_clock::now() + disk_patience;
    while (!condition())
    {
        if (std::chrono::steady_clock::now() > end)
            return false;
        std::this_thread::yield();
    }
    return true;
}

/// What became of jobs. Outlives them, and the queue: counting is the last that a job does.
struct fate
{
    tally worked{};
    tally dropped{};
};

class job final : public kernel_copy::detail::disk_job
{
public:
    explicit job(
        fate& to, std::function<void()> body = [] {})
        : fate_{to}, body_{std::move(body)}
    {}
    void on_drop(std::function<void()> body) { on_drop_ = std::move(body); }

    void work() noexcept override
    {
        body_();
        fate_.worked.add();
    }
    void drop() noexcept override
    {
        on_drop_();
        fate_.dropped.add();
    }

private:
    fate& fate_;
    std::function<void()> body_;
    std::function<void()> on_drop_ = [] {};
};

inline std::size_t threads_of_process()
{
    // A sanitizer starts one of its own with the first thread that the program starts.
    static const bool started = (std::thread{[] {}}.join(), true);
    static_cast<void>(started);
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator{"/proc/self/task"}, std::filesystem::directory_iterator{}));
}

/// A fixture: a context with workers, which a test may end early. The test ends with as many threads and descriptors
/// as it began with.
class workers_fixture : descriptor_balance
{
public:
    workers_fixture(const workers_fixture&) = delete;
    workers_fixture& operator=(const workers_fixture&) = delete;
    ~workers_fixture()
    {
        io.reset();
        // A thread that has been joined is still listed for a moment.
        BOOST_TEST(becomes_true([this] { return threads_of_process() <= threads_before_; }));
    }

    void submit(job& which) const { queue->submit(which, nullptr); }
    void submit(job& which, const asio::any_io_executor& on) const { queue->submit(which, &on); }

private:
    std::size_t threads_before_ = threads_of_process();

public:
    fate all{};
    gate hold{};
    std::optional<asio::io_context> io{std::in_place};
    disk_workers& workers = asio::use_service<disk_workers>(*io);
    std::shared_ptr<kernel_copy::detail::disk_queue> queue = workers.queue();

protected:
    workers_fixture() = default;
};

} // namespace test

#endif

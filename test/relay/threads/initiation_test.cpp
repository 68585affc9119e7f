// Distributed under the Boost Software License, Version 1.0.
#include "support/counting_allocator.hpp"
#include "support/relays.hpp"
#include "support/sanitized.hpp"

#include <kernel_copy/detail/kernel.hpp>

#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/strand.hpp>

#include <atomic>
#include <future>
#include <semaphore>
#include <thread>

using namespace test;
using kernel_copy::detail::call_result;

namespace {

/// The system's kernel, with a gate before the first read of one socket.
class gated_kernel : public kernel_copy::detail::kernel
{
public:
    explicit gated_kernel(int gated) : gated_{gated} {}
    [[nodiscard]] bool come() { return came_.try_acquire_for(patience); }
    void open() { open_.release(); }

    call_result receive(int source, void* to, std::uint64_t length) override
    {
        if (int wanted = source; gated_.compare_exchange_strong(wanted, -1))
        {
            came_.release();
            passed_in_time_ = open_.try_acquire_for(patience);
        }
        return kernel::receive(source, to, length);
    }
    [[nodiscard]] bool passed_in_time() const { return passed_in_time_; }

private:
    std::atomic<int> gated_;
    std::atomic<bool> passed_in_time_{false};
    std::binary_semaphore came_{0};
    std::binary_semaphore open_{0};
    kernel_copy::detail::kernel_replacement replaced_{*this};
};

struct ending
{
    std::atomic<bool> done{false};
    std::thread::id on{};
    bool in_strand = false;
    error_code error{};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(initiation_on_a_thread_of_its_own, descriptor_balance)

// What ends while the initiating function is still at work is no business of its thread: it need not be one of those that
// run the context, and the strand is not its own.
BOOST_AUTO_TEST_CASE(what_ends_meanwhile_goes_on_where_the_handler_runs)
{
    asio::io_context io;
    auto strand = asio::make_strand(io);
    local_link a{io, place::a};
    local_link b{io, place::b};
    gated_kernel kernel{b.end().native_handle()};
    ending end;
    std::thread::id initiator;
    std::atomic<bool> done_inside{true};
    std::thread starts{[&] {
        initiator = std::this_thread::get_id();
        async_kernel_relay(a.end(), b.end(), {}, asio::bind_executor(strand, [&](error_code e, const relay_result&) {
                               end.on = std::this_thread::get_id();
                               end.in_strand = strand.running_in_this_thread();
                               end.error = e;
                               end.done = true;
                           }));
        done_inside = end.done.load();
    }};
    BOOST_TEST(kernel.come()); // a is waited for, and b is about to be read
    a.peer().close();
    b.peer().close();
    const auto until = std::chrono::steady_clock::now() + patience;
    while (io.poll() == 0 &&
           std::chrono::steady_clock::now() < until) // the end of the wait, which is left to the initiator
        io.restart();
    kernel.open();
    starts.join();
    BOOST_TEST(kernel.passed_in_time());
    BOOST_TEST(!done_inside);
    io.restart();
    io.run_for(patience);
    BOOST_TEST(end.done);
    BOOST_TEST(end.in_strand);
    BOOST_TEST((end.on == std::this_thread::get_id()));
    BOOST_TEST((end.on != initiator));
    BOOST_TEST(!end.error);
}

// As parallel groups and `||` do without a strand: the request may come while the copy ends on another thread, and holds
// none of its memory then.
BOOST_AUTO_TEST_CASE(a_request_may_come_at_the_very_end)
{
    asio::io_context io;
    auto work = asio::make_work_guard(io);
    std::thread runs{[&] { io.run(); }};
    constexpr int times = sanitized ? 300 : 2000;
    for (int i = 0; i != times; ++i)
    {
        auto [in, feeder] = local_pair(io);
        auto [out, sink] = local_pair(io);
        asio::cancellation_signal signal;
        std::promise<error_code> ended;
        allocations counts;
        std::size_t left = 0;
        kernel_copy::async_kernel_copy(
            in, out,
            asio::bind_cancellation_slot(
                signal.slot(), asio::bind_allocator(counting_allocator<>{counts}, [&](error_code e, std::uint64_t) {
                    left = counts.live;
                    ended.set_value(e);
                })));
        auto end = ended.get_future();
        feeder.close();
        for (int spin = i % 50; spin != 0; --spin)
            std::this_thread::yield();
        signal.emit(asio::cancellation_type::terminal);
        BOOST_REQUIRE((end.wait_for(patience) == std::future_status::ready));
        const error_code error = end.get();
        BOOST_REQUIRE((!error || error == aborted));
        BOOST_REQUIRE(left == 0u);
    }
    work.reset();
    runs.join();
}

BOOST_AUTO_TEST_SUITE_END()

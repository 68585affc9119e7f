// Distributed under the Boost Software License, Version 1.0.
//
// Executors of handlers that can do little, and what comes back to them: turns, pauses, and the end of what was over when
// it was begun.
#include "support/fake_kernel.hpp"
#include "support/idle_pairs.hpp"
#include "support/relays.hpp"
#include "support/system.hpp"

#include <boost/asio/any_completion_executor.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/require.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/system_executor.hpp>
#include <boost/asio/use_future.hpp>

#include <functional>
#include <future>
#include <memory>
#include <queue>
#include <set>
#include <string>
#include <thread>
#include <utility>

using namespace test;
using kernel_copy::async_kernel_copy;

namespace {

/// Runs things when it is told to.
class errands : public asio::execution_context
{
public:
    /// With nothing but what an executor must have.
    class executor_type
    {
    public:
        explicit executor_type(errands& of) noexcept : of_{&of} {}

        [[nodiscard]] asio::execution_context& query(asio::execution::context_t) const noexcept { return *of_; }
        template <class Function>
        void execute(Function&& f) const
        {
            const auto shared = std::make_shared<std::decay_t<Function>>(std::forward<Function>(f));
            of_->queue_.push([shared] { std::move (*shared)(); });
        }
        [[maybe_unused]] friend bool operator==(const executor_type&, const executor_type&) noexcept = default;

    private:
        errands* of_;
    };

    [[nodiscard]] executor_type get_executor() noexcept { return executor_type{*this}; }

    std::size_t run()
    {
        std::size_t n = 0;
        for (; !queue_.empty(); ++n)
        {
            const auto next = std::move(queue_.front());
            queue_.pop();
            next();
        }
        return n;
    }

private:
    std::queue<std::function<void()>> queue_{};
};

const std::string bytes = "bytes that take several turns";
const kernel_copy::copy_options turns{.methods = {kernel_copy::method::buffer}, .turn_budget = 10};

/// There is something to be copied, and its end.
struct ready_pairs : idle_pairs
{
    ready_pairs()
    {
        asio::write(in.second, asio::buffer(bytes));
        in.second.close();
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(contract_simple_executors, descriptor_balance)

BOOST_AUTO_TEST_CASE(an_executor_with_no_more_than_execute_is_one_of_a_handler)
{
    for (const kernel_copy::copy_options& options : {kernel_copy::copy_options{}, turns})
    {
        errands by;
        ready_pairs p;
        outcome result;
        bool by_hand = false;
        async_kernel_copy(p.in.first, p.out.first, options,
                          asio::bind_executor(by.get_executor(),
                                              [&, done = result.handler()](const error_code& error, std::uint64_t n) {
                                                  BOOST_TEST(by_hand);
                                                  done(error, n);
                                              }));
        run_until(p.io, [&] {
            by_hand = true;
            by.run();
            by_hand = false;
            return result.done;
        });
        BOOST_TEST(!result.error);
        BOOST_TEST(read_now(p.out.second) == bytes);
    }
}

BOOST_AUTO_TEST_CASE(an_executor_without_a_type_is_one_of_a_handler)
{
    ready_pairs p;
    outcome result;
    async_kernel_copy(p.in.first, p.out.first, turns,
                      asio::bind_executor(asio::any_completion_executor{p.io.get_executor()}, result.handler()));
    run(p.io);
    BOOST_TEST(result.bytes == bytes.size());
    BOOST_TEST(read_now(p.out.second) == bytes);
}

// A future's handler runs by the system's executor, which runs it at once wherever it is asked. Its threads have nothing to
// do with the sockets.
BOOST_AUTO_TEST_CASE(what_a_future_is_of_stays_with_its_context)
{
    ready_pairs p;
    fake_kernel kernel;
    std::set<std::thread::id> callers;
    kernel.meanwhile = [&](std::size_t) { callers.insert(std::this_thread::get_id()); };
    const kernel_copy::detail::kernel_replacement replaced{kernel};
    auto future = async_kernel_copy(p.in.first, p.out.first, turns, asio::use_future);
    run(p.io);
    BOOST_REQUIRE((future.wait_for(std::chrono::seconds{0}) == std::future_status::ready));
    BOOST_TEST(future.get() == bytes.size());
    BOOST_TEST(callers.size() == 1u);
    BOOST_TEST(callers.contains(std::this_thread::get_id()));
}

BOOST_AUTO_TEST_CASE(an_executor_that_never_blocks_is_not_entered)
{
    ready_pairs p;
    const auto elsewhere = asio::require(asio::system_executor{}, asio::execution::blocking.never);
    std::promise<std::thread::id> ran_on;
    async_kernel_copy(p.in.first, p.out.first, turns,
                      asio::bind_executor(elsewhere, [&](const error_code&, std::uint64_t n) {
                          BOOST_TEST(n == bytes.size());
                          ran_on.set_value(std::this_thread::get_id());
                      }));
    run(p.io);
    auto id = ran_on.get_future();
    BOOST_REQUIRE((id.wait_for(patience) == std::future_status::ready));
    BOOST_TEST((id.get() != std::this_thread::get_id()));
    BOOST_TEST(read_now(p.out.second) == bytes);
}

BOOST_AUTO_TEST_CASE(a_strand_around_a_sockets_executor_is_where_a_handler_can_run)
{
    ready_pairs p;
    const auto strand = asio::make_strand(p.in.first.get_executor());
    outcome result;
    bool in_strand = false;
    async_kernel_copy(
        p.in.first, p.out.first, turns,
        asio::bind_executor(strand, [&, done = result.handler()](const error_code& error, std::uint64_t n) {
            in_strand = strand.running_in_this_thread();
            done(error, n);
        }));
    run(p.io);
    BOOST_TEST(in_strand);
    BOOST_TEST(result.bytes == bytes.size());

    idle_pairs q;
    relay_outcome relayed;
    async_kernel_relay(q.in.first, q.out.first, {.idle_timeout = 60s},
                       asio::bind_executor(asio::make_strand(q.in.first.get_executor()), relayed.handler()));
    q.in.second.close();
    q.out.second.close();
    run(q.io);
    BOOST_TEST(relayed.done);
    BOOST_TEST(!relayed.error);
}

BOOST_AUTO_TEST_CASE(nothing_goes_on_when_nobody_runs_the_context)
{
    ready_pairs p;
    fake_kernel kernel;
    const kernel_copy::detail::kernel_replacement replaced{kernel};
    outcome result;
    async_kernel_copy(p.in.first, p.out.first, turns, asio::bind_executor(asio::system_executor{}, result.handler()));
    const std::size_t calls = kernel.count();
    p.io.run_one();
    const std::size_t later = kernel.count();
    BOOST_TEST(later > calls);
    std::this_thread::yield();
    BOOST_TEST(kernel.count() == later);
    run(p.io);
    BOOST_TEST(result.bytes == bytes.size());
}

BOOST_AUTO_TEST_SUITE_END()

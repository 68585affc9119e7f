// Distributed under the Boost Software License, Version 1.0.
//
// Where handlers run.
#include "support/idle_pairs.hpp"
#include "support/relays.hpp"

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/handler_continuation_hook.hpp>
#include <boost/asio/io_context_strand.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/require.hpp>
#include <boost/asio/strand.hpp>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

using namespace test;
using kernel_copy::async_kernel_copy;

namespace {

/// What an executor has run, and whether it is running something now.
struct watch
{
    int depth = 0;
    std::size_t runs = 0;
};

/// Passes everything on to another executor, and knows of each function that runs by it.
template <class Inner>
class watched_executor
{
public:
    watched_executor(Inner inner, watch& at) : inner_{std::move(inner)}, watch_{&at} {}

    template <class Function>
    void execute(Function&& f) const
    {
        inner_.execute([f = std::forward<Function>(f), at = watch_]() mutable {
            struct scope
            {
                explicit scope(watch& w) : w_{w}
                {
                    ++w_.depth;
                    ++w_.runs;
                }
                ~scope() { --w_.depth; }
                watch& w_;
            } inside{*at};
            std::move(f)();
        });
    }

    template <class Property>
    requires asio::can_query<const Inner&, Property>::value decltype(auto) query(const Property& p) const
    {
        return asio::query(inner_, p);
    }
    template <class Property>
    requires asio::can_require<const Inner&, Property>::value auto require(const Property& p) const
    {
        return make(asio::require(inner_, p));
    }
    template <class Property>
    requires asio::can_prefer<const Inner&, Property>::value auto prefer(const Property& p) const
    {
        return make(asio::prefer(inner_, p));
    }
    friend bool operator==(const watched_executor& x, const watched_executor& y) noexcept
    {
        return x.inner_ == y.inner_ && x.watch_ == y.watch_;
    }

private:
    template <class Other>
    watched_executor<Other> make(Other other) const
    {
        return {std::move(other), *watch_};
    }

    Inner inner_;
    watch* watch_;
};

using plain_executor = asio::io_context::executor_type;

template <class Executor>
using socket_on = asio::basic_stream_socket<local, Executor>;

template <class Executor>
std::pair<socket_on<Executor>, socket_on<Executor>> pair_on(const Executor& executor)
{
    std::pair<socket_on<Executor>, socket_on<Executor>> ends{socket_on<Executor>{executor},
                                                             socket_on<Executor>{executor}};
    asio::local::connect_pair(ends.first, ends.second);
    return ends;
}

/// What is copied in each test.
const std::string bytes = "bytes that arrive";

/// What has been started waits, and goes on when its peers have said something.
template <class Outcome, class... Peers>
void go_on(asio::io_context& io, const Outcome& result, Peers&... peers)
{
    settle(io);
    BOOST_TEST(!result.done);
    (feed(peers, bytes), ...);
    run(io);
    BOOST_TEST(result.done);
}

template <class Executor>
void copy_on(asio::io_context& io, const Executor& executor)
{
    auto in = pair_on(executor);
    auto out = pair_on(executor);
    outcome result;
    async_kernel_copy(in.first, out.first, result.handler());
    go_on(io, result, in.second);
    BOOST_TEST(!result.error);
    BOOST_TEST(result.bytes == bytes.size());
    BOOST_TEST(read_now(out.second) == bytes);
}

template <class Executor>
void relay_on(asio::io_context& io, const Executor& executor)
{
    auto in = pair_on(executor);
    auto out = pair_on(executor);
    relay_outcome result;
    async_kernel_relay(in.first, out.first, result.handler());
    go_on(io, result, in.second, out.second);
}

/// Asks of each read whether it goes on with something.
struct curious_source
{
    local::socket& socket;
    std::vector<bool> continues;
    auto get_executor() { return socket.get_executor(); }

    template <class Handler>
    void async_read_some(const asio::mutable_buffer& to, Handler&& handler)
    {
        using asio::asio_handler_is_continuation;
        continues.push_back(asio_handler_is_continuation(std::addressof(handler)));
        socket.async_read_some(to, std::forward<Handler>(handler));
    }
};

/// The handler of a step of somebody else's operation.
template <class Handler>
struct part_of_another
{
    Handler handler;
    void operator()(error_code e, std::uint64_t n) { handler(e, n); }
    friend bool asio_handler_is_continuation(part_of_another*) { return true; }
};
template <class Handler>
part_of_another(Handler) -> part_of_another<Handler>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(contract_executors, descriptor_balance)

BOOST_AUTO_TEST_CASE(ends_on_executors_of_every_kind)
{
    asio::io_context io;
    copy_on(io, io.get_executor());
    copy_on(io, asio::any_io_executor{io.get_executor()});
    copy_on(io, asio::make_strand(io));
    relay_on(io, io.get_executor());
    relay_on(io, asio::make_strand(io));
}

BOOST_AUTO_TEST_CASE(what_goes_on_runs_where_the_handler_runs)
{
    asio::io_context io;
    auto in = pair_on(io.get_executor());
    auto out = pair_on(io.get_executor());
    watch seen;
    outcome result;
    async_kernel_copy(in.first, out.first,
                      asio::bind_executor(watched_executor<plain_executor>{io.get_executor(), seen},
                                          [&, done = result.handler()](error_code error, std::uint64_t n) {
                                              BOOST_TEST(seen.depth == 1);
                                              done(error, n);
                                          }));
    settle(io);
    BOOST_TEST(seen.runs == 0u);
    feed(in.second, bytes);
    run(io);
    BOOST_TEST(result.bytes == bytes.size());
    BOOST_TEST(seen.runs >= 1u);
    BOOST_TEST(seen.depth == 0);
}

BOOST_AUTO_TEST_CASE(ends_on_an_executor_of_the_users_own)
{
    asio::io_context io;
    watch seen;
    const asio::any_io_executor watched{watched_executor<plain_executor>{io.get_executor(), seen}};
    auto in = pair_on(watched);
    auto out = pair_on(watched);
    relay_outcome result;
    async_kernel_relay(in.first, out.first, [&, done = result.handler()](error_code error, const relay_result& r) {
        BOOST_TEST(seen.depth == 1);
        done(error, r);
    });
    go_on(io, result, in.second, out.second);
}

// What a thread begins in the middle of something else, others may go on with, as its first call may end at once.
BOOST_AUTO_TEST_CASE(only_what_follows_the_first_call_is_a_continuation)
{
    asio::io_context io;
    auto [in, feeder] = local_pair(io);
    auto [out, sink] = local_pair(io);
    asio::write(feeder, asio::buffer("some", 4));
    feeder.close();
    for (const bool part_of_more : {false, true})
    {
        curious_source source{in, {}};
        outcome result;
        if (part_of_more)
            async_kernel_copy(source, out, part_of_another{result.handler()});
        else
            async_kernel_copy(source, out, result.handler());
        run(io);
        BOOST_TEST(!result.error);
        BOOST_REQUIRE(!source.continues.empty());
        BOOST_TEST(source.continues.front() == part_of_more);
        BOOST_TEST(std::all_of(source.continues.begin() + 1, source.continues.end(), [](bool c) { return c; }));
        asio::local::connect_pair(in = local::socket{io}, feeder);
        asio::write(feeder, asio::buffer("more", 4));
        feeder.close();
    }
}

// The executor of such a handler is that of the call, and a call of the sink has another than the operation.
BOOST_AUTO_TEST_CASE(a_handler_that_leaves_it_to_the_call_runs_where_the_source_does)
{
    constexpr std::size_t size = 4 << 20;
    asio::io_context io;
    asio::io_context other;
    local::socket in{io}, feeder{io}, out{other}, eater{other};
    asio::local::connect_pair(in, feeder);
    asio::local::connect_pair(out, eater);
    auto guard = asio::make_work_guard(other);
    std::thread runs_other{[&] { other.run(); }};
    std::thread feeds{[&] { asio::write(feeder, asio::buffer(std::string(size, 'x'))); }};
    std::thread::id ran_on{};
    asio::any_completion_handler<void(error_code, std::uint64_t)> handler{
        [&](const error_code&, std::uint64_t) { ran_on = std::this_thread::get_id(); }};
    async_kernel_copy(kernel_copy::take(in, size), out, std::move(handler));
    std::thread eats{[&] {
        std::string all(size, ' ');
        asio::read(eater, asio::buffer(all));
    }};
    io.run_for(patience);
    BOOST_TEST((ran_on == std::this_thread::get_id()));
    feeds.join();
    eats.join();
    guard.reset();
    runs_other.join();
}

#if !defined(BOOST_ASIO_NO_TS_EXECUTORS)
BOOST_AUTO_TEST_CASE(a_strand_of_the_old_kind_is_where_a_handler_can_run)
{
    idle_pairs p;
    asio::io_context::strand strand{p.io};
    outcome result;
    asio::write(p.in.second, asio::buffer(bytes));
    p.in.second.close();
    bool in_strand = false;
    async_kernel_copy(p.in.first, p.out.first, {.max_bytes_per_second = 5 * bytes.size()},
                      asio::bind_executor(strand, [&](const error_code&, std::uint64_t n) {
                          in_strand = strand.running_in_this_thread();
                          result.bytes = n;
                      }));
    run(p.io);
    BOOST_TEST(in_strand);
    BOOST_TEST(result.bytes == bytes.size());
}
#endif

BOOST_AUTO_TEST_SUITE_END()

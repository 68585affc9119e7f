// Distributed under the Boost Software License, Version 1.0.
//
// The user closes ends between any two handlers, and others get their numbers at once.
#include "copy_ends.hpp"

#include "support/canary.hpp"
#include "support/sanitized.hpp"
#include "support/tracking_kernel.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/mp11.hpp>

#include <atomic>
#include <csignal>
#include <future>
#include <list>
#include <memory>

using namespace test;
using kernel_copy::method;
using kernel_copy::method_set;

namespace {

enum class closed : unsigned char
{
    source,
    sink,
    both
};

/// Peers that write to what was closed are not to end the program.
class without_signal : balance
{
public:
    without_signal() : before_{std::signal(SIGPIPE, SIG_IGN)} {}
    without_signal(const without_signal&) = delete;
    without_signal& operator=(const without_signal&) = delete;
    ~without_signal() { std::signal(SIGPIPE, before_); }

private:
    void (*before_)(int);
};

template <class Source>
constexpr bool is_asios_pipe = std::is_same_v<Source, asio_pipe_source> || std::is_same_v<Source, asio_pipe_sink>;

/// A copy during which ends are closed after so many handlers.
template <class Source, class Sink>
class closing
{
public:
    explicit closing(kernel_copy::copy_options options) : options_{options}
    {
        options_.monitor = &counters_;
        kernel_.cut_to(10'000);
        kernel_.lend(from_.native_handle());
        kernel_.lend(to_.native_handle());
    }

    /// Closes after so many handlers. False if the copy was over before that.
    bool between_handlers(closed which, std::size_t handlers)
    {
        start();
        for (; handlers != 0 && !result_.done; --handlers)
            BOOST_REQUIRE(io_.run_one_for(patience) == 1u);
        const bool in_time = !result_.done;
        if (in_time)
            close(which);
        run_until(io_, [&] { return result_.done; });
        finish(in_time ? which : closed::sink);
        return in_time;
    }

    /// While a worker is at this step.
    bool in_a_step(closed which, std::size_t step)
    {
        std::atomic<std::size_t> steps{0};
        kernel_.in_step = [&] {
            if (steps++ != step)
                return;
            const auto is_closed = std::make_shared<std::promise<void>>();
            asio::post(io_, [this, which, is_closed] {
                close(which);
                is_closed->set_value();
            });
            is_closed->get_future().wait_for(patience);
        };
        start();
        run_until(io_, [&] { return result_.done; });
        const bool in_time = steps > step;
        finish(in_time ? which : closed::sink);
        return in_time;
    }

private:
    using from_type = decltype(std::declval<Source&>().end());
    using to_type = decltype(std::declval<Sink&>().end());

    void start()
    {
        kernel_copy::async_kernel_copy(from_, to_, options_,
                                       asio::bind_cancellation_slot(signal_.slot(), result_.handler()));
    }

    void close(closed which)
    {
        if (which != closed::sink)
            close_end(from_);
        if (which != closed::source)
            close_end(to_);
        // Closing does not end a wait for these.
        if ((which != closed::sink && is_asios_pipe<Source>) || (which != closed::source && is_asios_pipe<Sink>))
            signal_.emit(asio::cancellation_type::terminal);
    }

    template <class End>
    void close_end(End& end)
    {
        const int number = end.native_handle();
        kernel_.withdraw(number);
        end.close();
        others_.emplace_back(number);
    }

    void finish(closed which)
    {
        if (to_.is_open())
            close_end(to_);
        std::string rest;
        std::optional<std::uint64_t> position;
        if (from_.is_open())
        {
            position = position_in(source_);
            if constexpr (!is_file_source<Source>)
                asio::async_read(from_, asio::dynamic_buffer(rest), [](error_code, std::size_t) {});
        }
        test::run(io_);
        const std::string arrived = sink_.bytes();
        BOOST_TEST(result_.bytes == arrived.size());
        BOOST_TEST(counters_.delivered() == arrived.size());
        CHECK_SAME_BYTES(arrived, bytes_.substr(0, arrived.size()));
        if (position)
            BOOST_TEST(*position == result_.bytes);
        else if (which == closed::sink)
            CHECK_SAME_BYTES(rest, bytes_.substr(std::min<std::size_t>(counters_.taken(), bytes_.size())));
        BOOST_TEST((result_.error.failed() || result_.bytes == bytes_.size()));
    }

    tracking_kernel kernel_{};
    std::string bytes_ = content(100'000);
    kernel_copy::monitor counters_{};
    kernel_copy::copy_options options_;
    outcome result_{};
    asio::cancellation_signal signal_{};
    std::list<canary> others_{};
    asio::io_context io_{};
    Source source_{io_, bytes_};
    Sink sink_{io_};
    from_type from_ = source_.end();
    to_type to_ = sink_.end();
};

template <class Source, class Sink>
void close_everywhere(const kernel_copy::copy_options& options)
{
    constexpr std::size_t step = sanitized ? 5 : 1;
    for (const closed which : {closed::source, closed::sink, closed::both})
        for (std::size_t handlers = 0; handlers < 60; handlers += step)
            BOOST_TEST_CONTEXT("closed: " << static_cast<int>(which) << " after " << handlers << " handlers")
            {
                closing<Source, Sink> c{options};
                if (!c.between_handlers(which, handlers))
                    break;
            }
}

template <class Source, class Sink>
void close_in_every_step(const kernel_copy::copy_options& options)
{
    for (const closed which : {closed::source, closed::sink, closed::both})
        for (std::size_t step = 0; step < 20; ++step)
            BOOST_TEST_CONTEXT("closed: " << static_cast<int>(which) << " in step " << step)
            {
                closing<Source, Sink> c{options};
                const bool in_time = c.in_a_step(which, step);
                BOOST_TEST((in_time || step != 0)); // there is one
                if (!in_time)
                    break;
            }
}

using sources = boost::mp11::mp_list<disk_file_source, tcp_source, local_source, pipe_source, asio_pipe_source>;
using sinks = boost::mp11::mp_list<disk_file_sink, tcp_sink, local_sink, pipe_sink, asio_pipe_sink>;
using all_pairs = boost::mp11::mp_rename<boost::mp11::mp_product<boost::mp11::mp_list, sources, sinks>, std::tuple>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(closing_ends, without_signal)

BOOST_AUTO_TEST_CASE_TEMPLATE(between_any_two_handlers, Pair, all_pairs)
{
    using source = boost::mp11::mp_first<Pair>;
    using sink = boost::mp11::mp_second<Pair>;
    for (const disk d : {disk::inline_, disk::always})
        for (const method_set& methods : {method_set{}, method_set{method::buffer}})
            if (d == disk::inline_ || is_file_source<source> || is_file_sink<sink>)
                BOOST_TEST_CONTEXT(d << (methods == method_set{} ? "" : ", buffer"))
                {
                    close_everywhere<source, sink>(
                        {.methods = methods, .disk = d, .turn_budget = 8'192, .buffer_size = 4'096});
                }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(while_a_worker_is_at_its_step, Pair, all_pairs)
{
    using source = boost::mp11::mp_first<Pair>;
    using sink = boost::mp11::mp_second<Pair>;
    if constexpr (is_file_source<source> || is_file_sink<sink>)
        for (const method_set& methods : {method_set{}, method_set{method::buffer}})
            close_in_every_step<source, sink>({.methods = methods, .disk = disk::always, .buffer_size = 10'000});
}

BOOST_AUTO_TEST_SUITE_END()

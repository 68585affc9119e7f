// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_FAULTS_COPY_REPLAY_HPP
#define KERNEL_COPY_TEST_FAULTS_COPY_REPLAY_HPP

#include "copy_ends.hpp"
#include "witness.hpp"

#include "support/residues.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/thread_pool.hpp>

#include <concepts>
#include <sstream>
#include <string>

namespace test {

/// Runs until a condition holds, or nothing more happens within the bound of a replay.
template <class Condition>
bool runs_until(asio::io_context& io, Condition condition)
{
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    io.restart();
    while (!condition())
        if (io.run_one_until(end) == 0)
            return false;
    return true;
}

template <class Source>
inline constexpr std::size_t length_of = 60'000;
template <std::derived_from<headed_range_source> Source>
inline constexpr std::size_t length_of<Source> = Source::size;

/// A copy between two ends, replayed.
template <class Source, class Sink>
class copy_replay
{
public:
    copy_replay(std::string name, kernel_copy::copy_options options) : name_{std::move(name)}, options_{options} {}

    std::size_t run()
    {
        return replay(name_, [this](const fault& f, std::vector<std::string>& calls) { return once(f, calls); });
    }

private:
    static constexpr bool is_holey = std::is_same_v<Source, holey_source>;
    static constexpr bool is_headed = std::is_base_of_v<headed_range_source, Source>;
    static constexpr bool is_in_one_piece =
        is_headed && (std::is_same_v<Sink, tcp_sink> || std::is_same_v<Sink, local_sink>);

    static std::string whole()
    {
        if constexpr (is_holey)
            return holey_source::layout().bytes();
        else
            return content(length_of<Source>);
    }

    /// False if there was no such fault.
    bool once(const fault& f, std::vector<std::string>& calls)
    {
        static const std::string bytes = whole();
        asio::io_context io;
        asio::cancellation_signal signal;
        witness kernel{f, io, signal};
        kernel.files(is_file_source<Source>, is_file_sink<Sink>);
        const std::size_t most = is_holey ? 50'000 : is_headed ? bytes.size() / 2 : 12'000;
        kernel.cut_to(most);
        model expected{bytes, is_headed};
        kernel.on_fault = [&](const seen_call& call, int, int, int error) {
            expected.was_told(call, error);
            if (is_holey || is_in_one_piece)
                expected.may_be_helped();
        };
        kernel.on_stop = [&](std::uint64_t taken) {
            // A turn is not interrupted, and each side may have a call under way. From file to file a worker that was
            // started in the same turn may be quicker than the request. What a stream of its own gives is not seen here,
            // and a hole is passed in one step.
            const bool is_opaque = std::is_same_v<Source, opaque_source>;
            const bool may_be_late =
                is_opaque || is_holey || (is_file_source<Source> && is_file_sink<Sink> && taken == 0);
            expected.was_stopped(f.request, taken, may_be_late ? bytes.size() : options_.turn_budget + 2 * most);
        };

        aftermath seen;
        copy_and_look(io, signal, bytes, seen);
        if (f.what == fault::kind::none)
            calls = kernel.calls;
        else if (!kernel.happened())
            return false;
        std::string wrong = expected.judge(seen);
        const std::size_t by_buffer = 2 * bytes.size() / options_.buffer_size; // which may be what is left to do
        if (wrong.empty() && kernel.count() > 3 * calls.size() + by_buffer + 100)
            wrong = "it takes " + std::to_string(kernel.count()) + " calls, not " + std::to_string(calls.size());
        if (!wrong.empty())
            complain(f, calls, wrong);
        return true;
    }

    void copy_and_look(asio::io_context& io, asio::cancellation_signal& signal, const std::string& bytes,
                       aftermath& seen)
    {
        Source source{io, bytes};
        Sink sink{io};
        kernel_copy::monitor counters;
        kernel_copy::residue residue;
        kernel_copy::copy_options options = options_;
        options.monitor = &counters;
        options.residue = &residue;
        outcome result;
        decltype(auto) from = source.end();
        kernel_copy::async_kernel_copy(from, sink.end(), options,
                                       asio::bind_cancellation_slot(signal.slot(), result.handler()));
        if (!runs_until(io, [&] { return result.done; }))
            return;
        seen.done = true;
        seen.position = position_in(source);
        // A stream that has said its end to an asynchronous read need not say it again.
        const bool has_ended = std::is_same_v<Source, opaque_source> && counters.taken() == bytes.size();
        if (!seen.position && !has_ended)
            if constexpr (!is_file_source<Source>)
                asio::async_read(from, asio::dynamic_buffer(seen.rest), [](error_code, std::size_t) {});
        sink.finish();
        io.restart();
        io.run_for(std::chrono::seconds{10});
        BOOST_TEST(io.stopped(), "what is left of the source has no end");
        seen.error = result.error;
        seen.bytes = result.bytes;
        seen.taken = counters.taken();
        seen.delivered = counters.delivered();
        seen.arrived = sink.bytes();
        seen.residue = text_of(residue);
    }

    void complain(const fault& f, const std::vector<std::string>& calls, const std::string& wrong) const
    {
        std::string text = name_ + ": " + to_string(f);
        if (f.what != fault::kind::none)
            text += " (" + calls[f.at] + ')';
        BOOST_ERROR(text + ": " + wrong);
    }

    std::string name_;
    kernel_copy::copy_options options_;
};

/// Threads for what may wait for a disk.
inline const asio::any_io_executor& replay_workers()
{
    static asio::thread_pool threads{2};
    static const asio::any_io_executor on = threads.get_executor();
    return on;
}

/// By every way that there is between these ends.
template <class Source, class Sink>
std::size_t replay_copies()
{
    using kernel_copy::method;
    using kernel_copy::method_set;
    constexpr bool has_file = is_file_source<Source> || is_file_sink<Sink>;
    constexpr bool is_whole = std::is_base_of_v<headed_range_source, Source>; // one turn, and one buffer
    constexpr std::size_t buffer_size = std::is_same_v<Source, holey_source> || is_whole ? 32'768 : 4096;
    std::size_t replays = 0;
    for (const bool buffer_only : {false, true})
        for (const disk d : all_disks)
        {
            const bool differs = d == disk::inline_ || (has_file && (d == disk::always || !is_file_sink<Sink>));
            if (!differs)
                continue;
            std::ostringstream how;
            how << d << (buffer_only ? ", buffer" : "");
            replays += copy_replay<Source, Sink>{how.str(),
                                                 {.methods = buffer_only ? method_set{method::buffer} : method_set{},
                                                  .disk = d,
                                                  .turn_budget = is_whole ? 65'536 : 16'384,
                                                  .pipe_capacity = 128 * 1024,
                                                  .buffer_size = buffer_size,
                                                  .disk_executor = &replay_workers()}}
                           .run();
        }
    return replays;
}

} // namespace test

#endif

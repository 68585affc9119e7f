// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_CANCELLATION_PAUSED_COPIES_HPP
#define KERNEL_COPY_TEST_CANCELLATION_PAUSED_COPIES_HPP

#include "paused_ends.hpp"

#include "support/content.hpp"
#include "support/held_kernel.hpp"

#include <boost/asio/buffered_write_stream.hpp>

namespace test {

using kernel_copy::copy_options;
using kernel_copy::disk;
using kernel_copy::method;

// Copies in every state in which a request to stop can find them. Each of these classes has
//   start(token)      begins the copy
//   reached()         is it in that state? asked while the context runs
//   go_on()           what it waits for happens: its sink takes all, its source gives all and ends
//   arrived()         what has come out at the sink since it was asked last
//   remaining()       when it is over, what can still be read where it took its bytes from
//   takes_first       has it taken anything in that state?
// Whatever ends it: what arrived, the residue and what remains are the content.

struct paused_copy
{
    asio::io_context io{};
    std::string bytes = content(3'000'000);
    kernel_copy::monitor counters{};
    kernel_copy::residue rest{};

    template <class Source, class Sink, class Token>
    auto copy(Source&& source, Sink& sink, copy_options options, Token&& token)
    {
        options.monitor = &counters;
        options.residue = &rest;
        return kernel_copy::async_kernel_copy(std::forward<Source>(source), sink, options, std::forward<Token>(token));
    }
};

template <std::size_t First, class Sink>
struct from_slow_source : paused_copy
{
    slow_source source{io, bytes, First};
    Sink sink{io};

    void go_on() { source.go_on(); }
    std::string arrived() { return sink.arrived(); }
    std::string remaining() { return source.remaining(); }
};

template <class Sink>
struct from_file : paused_copy
{
    disk_file_source source{io, bytes};
    Sink sink{io};

    std::string arrived() { return sink.arrived(); }
    std::string remaining()
    {
        return bytes.substr(static_cast<std::size_t>(position_of(source.end().native_handle())));
    }
};

/// Nothing has come yet.
struct waits_for_first_byte : from_slow_source<0, to_socket>
{
    static constexpr bool takes_first = false;

    template <class Token>
    auto start(Token&& token)
    {
        return copy(source.end(), sink.end(), {}, std::forward<Token>(token));
    }
    [[nodiscard]] bool reached() const { return counters.waits() == 1; }
};

/// Some has been passed on, and no more comes.
struct waits_for_more : from_slow_source<5000, to_socket>
{
    static constexpr bool takes_first = true;

    template <class Token>
    auto start(Token&& token)
    {
        return copy(source.end(), sink.end(), {}, std::forward<Token>(token));
    }
    [[nodiscard]] bool reached() const { return counters.delivered() == 5000; }
};

/// Bytes are in flight, in memory or in a pipe, for a sink that is full.
template <method Through>
struct waits_for_sink : from_slow_source<5000, to_full_socket>
{
    static constexpr bool takes_first = true;

    template <class Token>
    auto start(Token&& token)
    {
        return copy(source.end(), sink.end(), {.methods = {Through}}, std::forward<Token>(token));
    }
    [[nodiscard]] bool reached() const { return counters.waits() == 1; }
};

/// The rate allows no more now.
struct paces : from_slow_source<100'000, to_socket>
{
    static constexpr bool takes_first = true;

    template <class Token>
    auto start(Token&& token)
    {
        return copy(source.end(), sink.end(), {.max_bytes_per_second = 2'000'000}, std::forward<Token>(token));
    }
    [[nodiscard]] bool reached() const { return counters.delivered() != 0 && counters.waits() == 0; }
};

/// What the sink's own buffer holds goes out first.
struct flushes : from_slow_source<5000, to_full_socket>
{
    static constexpr bool takes_first = false;
    asio::buffered_write_stream<local::socket&> buffered{sink.end(), 1024};
    std::size_t buffered_bytes = buffered.write_some(asio::buffer("written before"));

    template <class Token>
    auto start(Token&& token)
    {
        return copy(source.end(), buffered, {}, std::forward<Token>(token));
    }
    [[nodiscard]] bool reached() const { return counters.waits() == 1; }
    std::string arrived()
    {
        const std::string all = sink.arrived();
        const std::size_t before = std::min(buffered_bytes, all.size());
        buffered_bytes -= before;
        return all.substr(before);
    }
};

/// What a view holds in memory goes into a full sink.
struct drains_prefix : paused_copy
{
    static constexpr bool takes_first = false; // what waits in memory is still there
    std::string memory = bytes.substr(0, 10'000);
    std::string behind = bytes.substr(10'000);
    slow_source source{io, behind, 5000};
    to_full_socket sink{io};

    template <class Token>
    auto start(Token&& token)
    {
        return copy(kernel_copy::prefixed(asio::dynamic_buffer(memory), source.end()), sink.end(), {},
                    std::forward<Token>(token));
    }
    [[nodiscard]] bool reached() const { return counters.waits() == 1; }
    void go_on() { source.go_on(); }
    std::string arrived() { return sink.arrived(); }
    std::string remaining() { return memory + source.remaining(); }
};

/// A stream of the user's is read, and gives nothing.
struct reads_stream : from_slow_source<5000, to_socket>
{
    static constexpr bool takes_first = true;
    opaque_stream from{std::move(source.end())};

    template <class Token>
    auto start(Token&& token)
    {
        return copy(from, sink.end(), {}, std::forward<Token>(token));
    }
    [[nodiscard]] bool reached() const { return counters.delivered() == 5000; }
    std::string remaining()
    {
        source.end() = from.release();
        return source.remaining();
    }
};

/// A stream of the user's is written, and is full; another is read ahead.
struct writes_stream : from_slow_source<5000, to_full_socket>
{
    static constexpr bool takes_first = true;
    opaque_stream from{std::move(source.end())};
    opaque_stream to{std::move(sink.end())};

    template <class Token>
    auto start(Token&& token)
    {
        return copy(from, to, {}, std::forward<Token>(token));
    }
    [[nodiscard]] bool reached() const { return counters.taken() == 5000; }
    std::string remaining()
    {
        source.end() = from.release();
        return source.remaining();
    }
};

/// Between two transfers of a file: the turn is spent.
template <method By>
struct yields : from_file<to_file>
{
    static constexpr bool takes_first = true;

    template <class Token>
    auto start(Token&& token)
    {
        return copy(source.end(), sink.end(), {.methods = {By}, .disk = disk::inline_, .turn_budget = 5000},
                    std::forward<Token>(token));
    }
    [[nodiscard]] bool reached() const { return counters.yields() == 3; }
    void go_on() {}
};

/// Outlives the context, whose workers use it.
struct in_held_kernel
{
    held_kernel kernel{};
};

/// A worker is at its first step, which goes on only when it is let.
template <class Sink>
struct waits_for_worker : in_held_kernel, from_file<Sink>
{
    static constexpr bool takes_first = true; // the step ends before the request can count

    template <class Token>
    auto start(Token&& token)
    {
        return this->copy(this->source.end(), this->sink.end(), {.disk = disk::always}, std::forward<Token>(token));
    }
    [[nodiscard]] bool reached()
    {
        asio::post(this->io, [] {}); // the worker tells nobody that it has begun
        return kernel.steps() == 1;
    }
    void go_on() { kernel.open(); }
};

} // namespace test

#endif

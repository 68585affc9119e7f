// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_IDLE_PAIRS_HPP
#define KERNEL_COPY_TEST_SUPPORT_IDLE_PAIRS_HPP

#include "copies.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

namespace test {

/// Two connections with nothing on the way; what comes in at `in` is to leave at `out`.
struct idle_pairs
{
    asio::io_context io{};
    std::pair<local::socket, local::socket> in = local_pair(io);
    std::pair<local::socket, local::socket> out = local_pair(io);

    void fill_sink() { filled += fill(out.first); }
    std::size_t filled = 0;
};

/// Starts a copy with a cancellation slot and runs until it waits.
struct cancellable
{
    template <class Source, class Sink>
    cancellable(asio::io_context& io, Source& source, Sink& sink, const kernel_copy::copy_options& options = {})
    {
        kernel_copy::async_kernel_copy(source, sink, options,
                                       asio::bind_cancellation_slot(signal.slot(), result.handler()));
        settle(io);
    }
    asio::cancellation_signal signal{};
    outcome result{};
};

} // namespace test

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_FUZZ_COPY_SESSION_HPP
#define KERNEL_COPY_TEST_FUZZ_COPY_SESSION_HPP

#include "copy_input.hpp"
#include "event_loop.hpp"
#include "residues.hpp"
#include "wires.hpp"

#include <kernel_copy/error.hpp>
#include <kernel_copy/monitor.hpp>

#include <boost/asio/cancellation_signal.hpp>

#include <cstdint>
#include <functional>
#include <string>

namespace kernel_copy::test {

/// One copy, the peers of its ends, and what is done to them. What must never be is thrown as a violation.
class copy_session
{
public:
    copy_session(copy_input input, decisions& from, std::function<void(const std::string&)> trace);

    struct handler
    {
        copy_session* session;
        using cancellation_slot_type = boost::asio::cancellation_slot;
        [[nodiscard]] cancellation_slot_type get_cancellation_slot() const noexcept { return session->signal_.slot(); }
        void operator()(error_code error, std::uint64_t bytes) const { session->completes(error, bytes); }
    };

    [[nodiscard]] boost::asio::io_context& io() { return loop_.io(); }
    [[nodiscard]] const copy_input& input() const { return input_; }
    [[nodiscard]] const copy_options& options() const { return input_.options; }
    [[nodiscard]] std::string& prefix() { return prefix_; }

    /// For the ends' own objects, which own them from here on.
    [[nodiscard]] wire take_source() { return std::move(source_); }
    [[nodiscard]] wire take_sink() { return std::move(sink_); }
    std::function<void()> close_source{};
    std::function<void()> close_sink{};

    /// Once the copy has been begun: all that happens until it is over, and the checks.
    void run();
    void check_limits(std::uint64_t outer_left, std::uint64_t inner_left) const;
    void check_limit(std::uint64_t outer_left) const;
    void check_range(std::uint64_t offset, std::uint64_t length) const;

private:
    void make_source();
    void make_sink();
    void completes(error_code error, std::uint64_t bytes);

    void act();
    void run_handlers(unsigned most);
    void say(std::uint64_t most);
    void end_source();
    void hear(std::uint64_t most);
    void cancel(unsigned which);
    bool move_peers();

    void check() const;
    void check_counts() const;
    void check_arrived() const;
    void check_rest_of_source() const;
    void check_outcome() const;
    [[nodiscard]] std::string hear_the_rest() const;
    [[nodiscard]] std::string in_sink_file() const;
    [[nodiscard]] std::uint64_t given_by_source() const;
    [[nodiscard]] std::uint64_t taken_from_source() const { return counters_.taken() - counters_.drained(); }

    copy_input input_;
    decisions& from_;
    std::function<void(const std::string&)> trace_;
    event_loop loop_;
    monitor counters_{};
    residue rest_{};
    std::string prefix_;
    boost::asio::cancellation_signal signal_{};
    wire source_{};      ///< until its object takes it
    wire sink_{};        ///< the same
    int source_is_ = -1; ///< for as long as that object is open
    wire source_peer_{};
    wire sink_peer_{};
    wire source_file_{}; ///< the same open file as the source, or as the sink
    wire sink_file_{};
    std::uint64_t said_ = 0;
    std::string heard_{};
    bool source_closed_ = false;
    bool sink_closed_ = false;
    bool sink_peer_closed_ = false;
    bool asked_total_ = false;
    bool asked_partial_ = false;
    bool asked_terminal_ = false;
    bool done_ = false;
    error_code error_{};
    std::uint64_t bytes_ = 0;
};

} // namespace kernel_copy::test

#endif

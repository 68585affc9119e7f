// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_FUZZ_RELAY_SESSION_HPP
#define KERNEL_COPY_TEST_FUZZ_RELAY_SESSION_HPP

#include "event_loop.hpp"
#include "residues.hpp"
#include "wires.hpp"

#include <kernel_copy/error.hpp>
#include <kernel_copy/monitor.hpp>
#include <kernel_copy/relay_options.hpp>

#include <boost/asio/cancellation_signal.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <string>

namespace kernel_copy::test {

/// One relay between two ends, a and b, their peers, and what is done to them. What must never be is thrown as a
/// violation.
class relay_session
{
public:
    relay_session(decisions& from, std::function<void(const std::string&)> trace);

    struct handler
    {
        relay_session* session;
        using cancellation_slot_type = boost::asio::cancellation_slot;
        [[nodiscard]] cancellation_slot_type get_cancellation_slot() const noexcept { return session->signal_.slot(); }
        void operator()(error_code error, const relay_result& result) const { session->completes(error, result); }
    };

    [[nodiscard]] boost::asio::io_context& io() { return loop_.io(); }
    [[nodiscard]] const relay_options& options() const { return options_; }
    [[nodiscard]] bool is_opaque(unsigned char end) const { return opaque_ == end; }
    [[nodiscard]] bool has_prefix() const { return has_prefix_; }
    [[nodiscard]] std::string& prefix() { return prefix_; }

    /// For its own object, which owns it from here on.
    [[nodiscard]] wire take_end(unsigned char at) { return std::move(sides_[at].end); }
    std::array<std::function<void()>, 2> close_end{};

    /// Once the relay has been begun: all that happens until it is over, and the checks.
    void run();

private:
    /// An end, its peer, and the direction that begins there.
    struct side
    {
        monitor counters{};
        residue rest{};
        wire end{};  ///< until its object takes it
        int is = -1; ///< for as long as that object is open
        wire peer{};
        std::string to_say{};
        std::string prefix{}; ///< which goes before
        std::uint64_t said = 0;
        std::string heard{};
        bool has_ended = false; ///< its peer says no more
        relay_direction result{};
    };

    void make_side(side& s, std::uint64_t seed, decisions& from);
    void completes(error_code error, const relay_result& result);

    void act();
    void run_handlers(unsigned most);
    void say(side& s, std::uint64_t most);
    void end(side& s);
    void hear(side& s, std::uint64_t most);
    void cancel(unsigned which);
    bool move_peers();
    [[nodiscard]] std::string counts() const;
    [[nodiscard]] static std::string promised(const side& s);

    void check();
    void check_way(side& from, side& to) const;
    void check_outcome() const;

    decisions& from_;
    std::function<void(const std::string&)> trace_;
    event_loop loop_;
    unsigned opaque_;
    bool has_prefix_;
    std::string prefix_{};
    std::array<side, 2> sides_{};
    relay_options options_{};
    boost::asio::cancellation_signal signal_{};
    bool disturbed_ = false;     ///< an end or a peer was closed while the relay was at work
    bool asked_to_stop_ = false; ///< and it counts
    bool asked_terminal_ = false;
    bool done_ = false;
    error_code error_{};
};

} // namespace kernel_copy::test

#endif

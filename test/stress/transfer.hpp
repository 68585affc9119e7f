// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_STRESS_TRANSFER_HPP
#define KERNEL_COPY_TEST_STRESS_TRANSFER_HPP

#include "completion.hpp"
#include "draw.hpp"
#include "ends.hpp"
#include "peer.hpp"
#include "site.hpp"

#include <kernel_copy/options.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace soak {

/// Something done to an operation under way.
struct blow
{
    enum
    {
        cancel_total,
        cancel_partial,
        cancel_terminal,
        close_first, ///< of its two ends
        close_second
    } what;
    std::chrono::microseconds after;
};

/// What has been done to an operation.
struct blows
{
    bool total = false;
    bool partial = false;
    bool terminal = false;
    bool closed_first = false;
    bool closed_second = false;

    [[nodiscard]] bool closed() const noexcept { return closed_first || closed_second; }
    [[nodiscard]] bool cancelled() const noexcept { return total || partial || terminal; }
};

/// Operations that serve the same two ends one after the other, with the peers at these ends. Runs on a strand of its
/// own. Kept alive by whatever is under way, so that it goes with its context.
class transfer : public starter, public std::enable_shared_from_this<transfer>
{
public:
    transfer(site& s, asio::io_context& io, std::uint64_t number);
    transfer(const transfer&) = delete;
    transfer& operator=(const transfer&) = delete;
    virtual ~transfer();

    asio::awaitable<void> run();

protected:
    /// Makes the ends. Draws the same if it is called again, because it has thrown.
    virtual void open(draw d) = 0;
    virtual void start_peers() = 0;
    /// Gives the error that it has ended with.
    virtual asio::awaitable<error_code> work() = 0;
    /// All peers have ended.
    virtual void check_peers() = 0;
    virtual std::string kind() const = 0;

    [[nodiscard]] asio::any_io_executor strand() { return bell.get_executor(); }
    /// A new one for a peer.
    [[nodiscard]] asio::any_io_executor other_strand();
    void start_peer(peer& who, asio::awaitable<void> what);
    void count_manner(const peer& who, const manner& how);

    /// Nothing, or a few, the last of which certainly ends the operation if it is `must_end`.
    std::vector<blow> draw_blows(bool must_end);
    kernel_copy::copy_options draw_options(std::uint64_t total, kernel_copy::method_set without_buffer);

    /// Until the operation has ended. Blows are only for what runs on the strand.
    template <class Result>
    asio::awaitable<void> strike(const outcome<Result>& how, const std::vector<blow>& plan)
    {
        for (const blow& b : plan)
        {
            if (how.done)
                break;
            bell.expires_after(b.after);
            co_await ring();
            if (!how.done)
                apply(b);
        }
        while (!how.done)
        {
            bell.expires_at(asio::steady_timer::time_point::max());
            co_await ring();
        }
    }

    site& site_;
    asio::io_context& io_;
    std::shared_ptr<record> record_;
    draw draw_;
    end first_{};
    end second_{};
    asio::any_io_executor ends_run_on_; ///< the strand, or the context itself
    bool handler_runs_on_strand_ = true;
    bool is_cancellable_ = true;
    blows struck_{};
    std::vector<peer*> peers_{};

private:
    asio::awaitable<void> ring();
    asio::awaitable<void> open_all();
    void apply(const blow& b);

    std::size_t peers_under_way_ = 0;
    bool has_ended_ = false;
};

/// A copy, or a relay.
std::shared_ptr<transfer> make_transfer(site& s, asio::io_context& io, std::uint64_t number);
std::shared_ptr<transfer> make_copy(site& s, asio::io_context& io, std::uint64_t number);
std::shared_ptr<transfer> make_relay(site& s, asio::io_context& io, std::uint64_t number);

} // namespace soak

#endif

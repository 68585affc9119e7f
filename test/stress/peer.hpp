// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_STRESS_PEER_HPP
#define KERNEL_COPY_TEST_STRESS_PEER_HPP

#include "draw.hpp"
#include "ends.hpp"
#include "record.hpp"
#include "support/endless.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <limits>

namespace soak {

inline constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

/// What goes one way: known content from a position on.
struct stream_content
{
    test::endless bytes{0};
    std::uint64_t begin = 0;

    [[nodiscard]] std::string_view at(std::uint64_t position, std::uint64_t most) const
    {
        return bytes.at(begin + position, most);
    }
    [[nodiscard]] bool is(std::uint64_t position, std::string_view what) const
    {
        return bytes.is(begin + position, what);
    }
};

/// How a peer behaves, as drawn.
struct manner
{
    std::uint64_t says = 0;          ///< bytes
    std::uint64_t largest_piece = 1; ///< of a write or a read
    std::uint64_t pauses_one_in = 0; ///< pieces; 0: never
    std::uint64_t longest_pause = 0; ///< microseconds
    enum
    {
        half_closes,
        closes, ///< all, though the other side may go on
        resets, ///< where it would have ended
        stays   ///< says no more and does not end
    } ending = half_closes;
    std::uint64_t hears_until = never; ///< then it closes, or resets
    bool hears_to_reset = false;

    /// The end of what it says is an end, and not a failure.
    [[nodiscard]] bool ends_well() const noexcept { return ending == half_closes; }
    /// Never disturbs the other side.
    [[nodiscard]] bool is_sound() const noexcept { return ends_well() && hears_until == never; }
};

manner draw_manner(draw& d, std::uint64_t says);

/// Who is at the other side of one of the library's ends, to be used from one strand. It says known content and checks
/// what it hears.
class peer
{
public:
    peer(record& at, const asio::any_io_executor& strand) : record_{at}, timer_{strand}, connection_{socket{strand}} {}
    peer(const peer&) = delete;
    peer& operator=(const peer&) = delete;

    void take(socket s) { connection_ = std::move(s); }
    void take(descriptor d) { connection_ = std::move(d); }

    asio::awaitable<void> speak(stream_content what, manner how, way& counts, draw d);
    asio::awaitable<void> hear(stream_content what, manner how, way& counts, draw d);
    /// Stays no more.
    void dismiss();

    [[nodiscard]] asio::any_io_executor strand() { return timer_.get_executor(); }

    // Meaningful to others when the two above have ended.
    bool heard_end = false;
    bool broke_off = false; ///< it closed or reset before it had heard all

private:
    std::size_t write_some(asio::const_buffer from, error_code& error);
    std::size_t read_some(asio::mutable_buffer to, error_code& error);
    asio::awaitable<void> wait(descriptor::wait_type what, error_code& error);
    asio::awaitable<void> pause(const manner& how, std::uint64_t piece, draw& d);
    void end_speech(const manner& how);
    void close(bool reset);

    record& record_;
    asio::steady_timer timer_;
    std::variant<socket, descriptor> connection_;
    bool dismissed_ = false;
};

/// From now on a SIGPIPE that no peer has brought about is a fault.
void watch_for_sigpipe();

} // namespace soak

#endif

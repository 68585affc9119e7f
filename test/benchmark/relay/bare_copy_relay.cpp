// Distributed under the Boost Software License, Version 1.0.
#include "bare_relay.hpp"

#include <string>

namespace benchmark::relay {

namespace {

/// One buffer for all connections.
using scratch = std::array<char, 64 * kib>;

class copy_direction : public bare_direction
{
public:
    [[nodiscard]] bool in_flight() const { return !left_.empty(); }

    turn run(scratch& buffer)
    {
        for (std::uint64_t moved = 0;;)
        {
            if (!sink_ready)
                return turn::waits;
            if (in_flight())
            {
                if (!send_what_is_left())
                    return turn::failed;
                continue;
            }
            if (!source_ready)
                return turn::waits;
            if (moved >= turn_budget)
                return turn::goes_on;
            const ssize_t received = ::recv(source, buffer.data(), buffer.size(), 0);
            if (received < 0)
            {
                source_ready = false;
                return errno == EAGAIN ? turn::waits : turn::failed;
            }
            if (received == 0)
                return pass_end_on();
            // A buffer that is not full has emptied the source (epoll(7)); only an end could still be there.
            const auto n = static_cast<std::size_t>(received);
            source_ready = n == buffer.size() || hung_up;
            moved += n;
            if (!send(buffer.data(), n))
                return turn::failed;
        }
    }

private:
    bool send(const char* from, std::size_t length)
    {
        const ssize_t sent = ::send(sink, from, length, 0);
        if (sent < 0 && errno != EAGAIN)
            return false;
        const std::size_t taken = sent < 0 ? 0 : static_cast<std::size_t>(sent);
        sink_ready = taken == length;
        if (!sink_ready)
            left_.assign(from + taken, length - taken);
        return true;
    }

    bool send_what_is_left()
    {
        const ssize_t sent = ::send(sink, left_.data() + left_begin_, left_.size() - left_begin_, 0);
        if (sent < 0 && errno != EAGAIN)
            return false;
        left_begin_ += sent < 0 ? 0 : static_cast<std::size_t>(sent);
        sink_ready = left_begin_ == left_.size();
        if (sink_ready)
        {
            std::string{}.swap(left_); // an idle direction holds nothing
            left_begin_ = 0;
        }
        return true;
    }

    turn pass_end_on()
    {
        over = true;
        return ::shutdown(sink, SHUT_WR) == 0 || errno == ENOTCONN ? turn::ended : turn::failed;
    }

    std::string left_; ///< what the sink did not take
    std::size_t left_begin_ = 0;
};

} // namespace

void serve_by_copy(int listener, std::uint16_t upstream_port)
{
    static scratch buffer;
    bare_relay<copy_direction, scratch>{listener, upstream_port, buffer, rhythm::until_not_ready}.serve();
}

} // namespace benchmark::relay

// Distributed under the Boost Software License, Version 1.0.
#include "bare_relay.hpp"

#include <fcntl.h>

namespace benchmark::relay {

namespace {

using pipe_ends = std::array<int, 2>;
constexpr pipe_ends no_pipe{-1, -1};

/// Empty pipes. A direction has one only while bytes are on their way: this costs nothing that can be measured,
/// and idle connections hold no descriptors.
class pipe_stack
{
public:
    pipe_stack(std::size_t capacity, rhythm which) : how{which}, capacity_{capacity} {}

    pipe_ends take()
    {
        if (free_.empty())
        {
            pipe_ends made;
            check(::pipe2(made.data(), O_CLOEXEC | O_NONBLOCK), "pipe2");
            if (capacity_ != 0)
                check(::fcntl(made[1], F_SETPIPE_SZ, static_cast<int>(capacity_)), "F_SETPIPE_SZ");
            return made;
        }
        const pipe_ends last = free_.back();
        free_.pop_back();
        return last;
    }

    void give_back(const pipe_ends& empty) { free_.push_back(empty); }

    const rhythm how;

private:
    std::size_t capacity_;
    std::vector<pipe_ends> free_;
};

ssize_t splice(int from, int to, std::uint64_t length)
{
    return ::splice(from, nullptr, to, nullptr, length, SPLICE_F_NONBLOCK);
}

class splice_direction : public bare_direction
{
public:
    splice_direction() = default;
    splice_direction(const splice_direction&) = delete;
    splice_direction& operator=(const splice_direction&) = delete;

    ~splice_direction()
    {
        if (pipe_ == no_pipe)
            return;
        ::close(pipe_[0]);
        ::close(pipe_[1]);
    }

    [[nodiscard]] bool in_flight() const { return in_pipe_ != 0; }

    turn run(pipe_stack& pipes)
    {
        const turn result = move(pipes);
        if (in_pipe_ == 0 && pipe_ != no_pipe)
            pipes.give_back(std::exchange(pipe_, no_pipe));
        return result;
    }

private:
    turn move(pipe_stack& pipes)
    {
        for (std::uint64_t moved = 0;;)
        {
            if (in_pipe_ == 0)
            {
                if (!source_ready || !sink_ready)
                    return turn::waits;
                if (moved >= turn_budget)
                    return turn::goes_on;
                if (pipe_ == no_pipe)
                    pipe_ = pipes.take();
                // A slot of the pipe holds up to a whole fragment of the socket, so this can exceed the capacity.
                const ssize_t filled = splice(source, pipe_[1], turn_budget);
                source_ready = filled >= 0 && pipes.how == rhythm::until_not_ready;
                if (filled < 0)
                    return errno == EAGAIN ? turn::waits : turn::failed;
                if (filled == 0)
                    return pass_end_on();
                in_pipe_ = static_cast<std::uint64_t>(filled);
                moved += in_pipe_;
            }
            if (!sink_ready)
                return turn::waits;
            const ssize_t drained = splice(pipe_[0], sink, in_pipe_);
            sink_ready = drained >= 0;
            if (drained < 0)
                return errno == EAGAIN ? turn::waits : turn::failed;
            in_pipe_ -= static_cast<std::uint64_t>(drained);
        }
    }

    turn pass_end_on()
    {
        over = true;
        return ::shutdown(sink, SHUT_WR) == 0 || errno == ENOTCONN ? turn::ended : turn::failed;
    }

    pipe_ends pipe_ = no_pipe;
    std::uint64_t in_pipe_ = 0;
};

} // namespace

void serve_by_splice(int listener, std::uint16_t upstream_port, std::size_t pipe_capacity, rhythm how)
{
    pipe_stack pipes{pipe_capacity, how};
    bare_relay<splice_direction, pipe_stack>{listener, upstream_port, pipes, how}.serve();
}

} // namespace benchmark::relay

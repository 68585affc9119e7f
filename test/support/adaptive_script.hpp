// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_ADAPTIVE_SCRIPT_HPP
#define KERNEL_COPY_TEST_SUPPORT_ADAPTIVE_SCRIPT_HPP

#include <kernel_copy/detail/adaptive.hpp>
#include <support/script.hpp>

#include <algorithm>
#include <cstdint>

namespace kernel_copy::test {

/// Between two sockets, where what the source gives decides between memory and a pipe. No turn ends.
namespace adaptive_script {

inline constexpr std::uint64_t buffer = 16 * 1024;
inline constexpr std::uint64_t turn = std::uint64_t{1} << 40;

inline scenario sockets()
{
    scenario s = between(end_kind::stream_socket, end_kind::stream_socket);
    s.setup.adaptive = true;
    s.setup.turn_budget = turn;
    s.setup.buffer_size = buffer;
    return s;
}

/// What a pipe costs, in full reads, after so many disappointments.
inline unsigned price(int disappointments = 0)
{
    detail::adaptive a;
    a.enable();
    for (int i = 0; i != disappointments; ++i)
        a.was_refused();
    unsigned reads = 0;
    for (; !a.wants_pipe(); ++reads)
        a.was_read(buffer, buffer, buffer);
    return reads;
}

/// How many small fills end its use.
inline unsigned patience()
{
    detail::adaptive a;
    a.enable();
    unsigned fills = 0;
    for (; !a.wants_memory(); ++fills)
        a.was_filled(1, turn);
    return fills;
}

/// How many large fills make up for it.
inline unsigned fills_that_pay()
{
    detail::adaptive a;
    a.enable();
    a.was_refused();
    const auto price_now = [&a] {
        detail::adaptive copy = a;
        unsigned reads = 0;
        for (; !copy.wants_pipe(); ++reads)
            copy.was_read(buffer, buffer, buffer);
        return reads;
    };
    unsigned fills = 0;
    for (a.entered_pipe(); price_now() != price(); ++fills)
        a.was_filled(turn, turn);
    return fills;
}

/// A conversation that keeps count.
class bulk
{
public:
    script s{sockets()};
    std::uint64_t moved = 0;

    /// Each takes what it was asked for.
    void reads(unsigned n)
    {
        for (unsigned i = 0; i != n; ++i)
            read(buffer);
    }
    void read(std::uint64_t bytes)
    {
        s.expect(read_source(buffer)).gives(bytes);
        s.expect(write_buffer(bytes)).gives(bytes);
        moved += bytes;
    }
    void fills(unsigned n, std::uint64_t bytes)
    {
        for (unsigned i = 0; i != n; ++i)
        {
            s.expect(fill_pipe(left())).gives(bytes);
            s.expect(drain_pipe(bytes)).gives(bytes);
            moved += bytes;
        }
    }
    void wait()
    {
        s.expect(wait_source).ready();
        turns_began_at_ = moved;
    }
    [[nodiscard]] std::uint64_t left() const
    {
        return std::min(turn - (moved - turns_began_at_), std::uint64_t{1} << 30);
    }
    void ends_in_memory()
    {
        s.expect(read_source(buffer)).gives(0);
        s.finishes({}, moved);
    }

private:
    std::uint64_t turns_began_at_ = 0;
};

} // namespace adaptive_script

} // namespace kernel_copy::test

#endif

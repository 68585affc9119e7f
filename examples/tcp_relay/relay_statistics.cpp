// Distributed under the Boost Software License, Version 1.0.
#include "relay_statistics.hpp"

#include <ostream>

namespace kernel_copy::example {

void relay_statistics::count(ending how) noexcept
{
    switch (how)
    {
    case ending::complete:
        ++complete;
        break;
    case ending::connect_failed:
        ++connect_failed;
        break;
    case ending::timed_out:
        ++timed_out;
        break;
    case ending::reset:
        ++reset;
        break;
    }
}

relay_statistics_sum& relay_statistics_sum::operator+=(const relay_statistics& s) noexcept
{
    // Those that have ended are read first, or a connection between two reads would count as less than none.
    const std::uint64_t ended[] = {s.complete, s.connect_failed, s.timed_out, s.reset};
    complete += ended[0];
    connect_failed += ended[1];
    timed_out += ended[2];
    reset += ended[3];
    const std::uint64_t accepted = s.accepted;
    connections += accepted;
    open += accepted - ended[0] - ended[1] - ended[2] - ended[3];
    connected += s.connected;
    to_upstream += s.to_upstream.bytes();
    to_client += s.to_client.bytes();
    moved += s.to_upstream;
    moved += s.to_client;
    return *this;
}

std::ostream& operator<<(std::ostream& out, const relay_statistics_sum& s)
{
    return out << "connections=" << s.connections << " open=" << s.open << " connected=" << s.connected
               << " complete=" << s.complete << " connect_failed=" << s.connect_failed << " timed_out=" << s.timed_out
               << " reset=" << s.reset << " bytes_to_upstream=" << s.to_upstream << " bytes_to_client=" << s.to_client
               << ' ' << s.moved;
}

} // namespace kernel_copy::example

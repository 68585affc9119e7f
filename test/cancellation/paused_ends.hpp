// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_CANCELLATION_PAUSED_ENDS_HPP
#define KERNEL_COPY_TEST_CANCELLATION_PAUSED_ENDS_HPP

#include "support/opaque_ends.hpp"

namespace test {

// Sinks have arrived(): what has come out at the other end since it was asked last.

struct to_socket : receiver
{
    using receiver::receiver;
    local::socket& end() { return sink(); }
};

/// A socket whose peer does not read before it is asked what has arrived.
struct to_full_socket : receiver
{
    explicit to_full_socket(asio::io_context& io) : receiver{io}, filled{fill(sink())} {}
    local::socket& end() { return sink(); }
    std::string arrived()
    {
        const std::string all = receiver::arrived();
        const std::size_t before = std::min(filled, all.size());
        filled -= before;
        return all.substr(before);
    }
    std::size_t filled;
};

struct to_file : disk_file_sink
{
    using disk_file_sink::disk_file_sink;
    std::string arrived()
    {
        const std::string more = bytes(seen); // which grows meanwhile
        seen += more.size();
        return more;
    }
    std::size_t seen = 0;
};

/// A source that gives a part at once, and the rest when it is told to.
struct slow_source
{
    slow_source(asio::io_context& io, const std::string& all, std::size_t first) : pair{local_pair(io)}, bytes{all}
    {
        pair.second.non_blocking(true);
        while (given < first)
            given += pair.second.write_some(asio::buffer(all.data() + given, first - given));
    }
    local::socket& end() { return pair.first; }
    /// As far as there is room; then the end.
    void go_on()
    {
        error_code error;
        while (given < bytes.size() && !error)
            given += pair.second.write_some(asio::buffer(bytes.data() + given, bytes.size() - given), error);
        if (given == bytes.size() && pair.second.is_open())
            pair.second.close();
    }
    std::string remaining()
    {
        const std::string from_end = read_now(pair.first);
        return from_end + bytes.substr(given);
    }

    std::pair<local::socket, local::socket> pair;
    const std::string& bytes;
    std::size_t given = 0;
};

} // namespace test

#endif

// Distributed under the Boost Software License, Version 1.0.
#include "statistics.hpp"

#include <ostream>

#include <sys/resource.h>

namespace kernel_copy::example {

namespace {

constexpr std::array<const char*, method_count> method_keys = {"copy_file_range", "sendfile", "splice",
                                                               "splice_through_pipe", "buffer"};

double cpu_seconds()
{
    rusage used = {};
    ::getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

} // namespace

statistics_sum& statistics_sum::operator+=(const statistics& s) noexcept
{
    bytes += s.bytes();
    memory_bytes += s.monitor.drained();
    for (std::size_t i = 0; i != method_count; ++i)
    {
        method_bytes[i] += s.monitor.bytes(static_cast<method>(i));
        method_calls[i] += s.monitor.calls(static_cast<method>(i));
    }
    plain_bytes += s.plain.bytes;
    plain_reads += s.plain.reads;
    plain_writes += s.plain.writes;
    system_calls += s.monitor.system_calls() + s.plain.reads + s.plain.writes;
    waits += s.monitor.waits();
    return *this;
}

std::ostream& operator<<(std::ostream& out, const statistics_sum& s)
{
    out << "bytes=" << s.bytes << " memory_bytes=" << s.memory_bytes;
    for (std::size_t i = 0; i != method_count; ++i)
        out << ' ' << method_keys[i] << "_bytes=" << s.method_bytes[i] << ' ' << method_keys[i]
            << "_calls=" << s.method_calls[i];
    return out << " plain_bytes=" << s.plain_bytes << " plain_reads=" << s.plain_reads
               << " plain_writes=" << s.plain_writes << " system_calls=" << s.system_calls << " waits=" << s.waits
               << " cpu_seconds=" << cpu_seconds();
}

std::ostream& operator<<(std::ostream& out, const statistics& s)
{
    return out << (statistics_sum{} += s);
}

} // namespace kernel_copy::example

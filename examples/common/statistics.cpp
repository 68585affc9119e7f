// Distributed under the Boost Software License, Version 1.0.
#include "statistics.hpp"

#include <array>
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

std::ostream& operator<<(std::ostream& out, const statistics& s)
{
    out << "bytes=" << s.bytes() << " memory_bytes=" << s.monitor.drained();
    for (std::size_t i = 0; i != method_count; ++i)
    {
        const auto m = static_cast<method>(i);
        out << ' ' << method_keys[i] << "_bytes=" << s.monitor.bytes(m) << ' ' << method_keys[i]
            << "_calls=" << s.monitor.calls(m);
    }
    return out << " plain_bytes=" << s.plain.bytes << " plain_reads=" << s.plain.reads
               << " plain_writes=" << s.plain.writes
               << " system_calls=" << s.monitor.system_calls() + s.plain.reads + s.plain.writes
               << " waits=" << s.monitor.waits() << " cpu_seconds=" << cpu_seconds();
}

} // namespace kernel_copy::example

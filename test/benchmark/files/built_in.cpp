// Distributed under the Boost Software License, Version 1.0.
#include "built_in.hpp"

#include "units.hpp"

namespace benchmark::files {

namespace {

built_in by_sendfile(std::uint64_t turn, rhythm how, parts takes_part_in)
{
    return {"bare C sendfile " + in_units(turn) + (how == rhythm::until_not_ready ? ", until EAGAIN" : ", 1 a wake-up"),
            family::bare_c, takes_part_in,
            [=](const service& what) { serve_by_sendfile(what, turn, how, header_send::more); }};
}

} // namespace

std::vector<built_in> built_ins()
{
    std::vector<built_in> result;
    add_kernel_copy(result);
    constexpr parts everything_warm = part::bulk | part::small | part::latency | part::header;
    result.push_back({"plain Asio", family::plain_asio, everything_warm, serve_by_plain_asio});
    result.push_back({"least Asio", family::least_asio, everything_warm, serve_by_least_asio});
    for (const std::uint64_t turn : {64 * kib, 256 * kib, mib, 2 * mib})
    {
        result.push_back(
            by_sendfile(turn, rhythm::one_a_wake_up, turn == 256 * kib ? part::bulk | part::cold : part::bulk));
        result.push_back(by_sendfile(
            turn, rhythm::until_not_ready,
            turn == 256 * kib ? part::bulk | part::small | part::latency | part::header | part::sweep : part::bulk));
    }
    result.push_back({"bare C sendfile, header by itself", family::bare_c, part::header, [](const service& what) {
                          serve_by_sendfile(what, 256 * kib, rhythm::until_not_ready, header_send::by_itself);
                      }});
    result.push_back({"bare C pread+send", family::bare_c,
                      part::small | part::latency | part::header | part::sweep | part::cold, serve_by_pread});
    result.push_back({"bare C pread+send, cold files apart", family::bare_c, part::cold_apart, serve_by_pread});
    result.push_back(blocking_threads());
    return result;
}

built_in blocking_threads()
{
    return {"4 blocking threads", family::bare_c, part::cold_alone,
            [](const service& what) { serve_by_threads(what, 4); }};
}

} // namespace benchmark::files

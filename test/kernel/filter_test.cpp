// Distributed under the Boost Software License, Version 1.0.
#include "support/content.hpp"
#include "support/copies.hpp"
#include "support/filter.hpp"
#include "support/system.hpp"

#include <array>

#include <sys/resource.h>

using namespace test;
using kernel_copy::method;
using kernel_copy::detail::availability;

namespace {

/// In a child whose kernel refuses a call: a copy arrives whole, and the refusal is remembered.
int copies_without(long call, int error, method by)
{
    if (!forbid(call, error))
        return 77;
    asio::io_context io;
    temp_dir dir{tmpfs};
    const std::string bytes = content(200'000);
    write_file(dir.path("in"), bytes);
    for (int round = 0; round != 2; ++round)
    {
        auto in = open_file(io, dir.path("in"));
        auto out = create_file(io, dir.path("out"));
        auto sockets = local_pair(io);
        auto relay = local_pair(io);
        std::array<outcome, 3> results{};
        kernel_copy::async_kernel_copy(kernel_copy::file_range(in, 0), out, results[0].handler());
        kernel_copy::async_kernel_copy(in, sockets.first, [&](error_code e, std::uint64_t n) {
            results[1].handler()(e, n);
            sockets.first.close();
        });
        kernel_copy::async_kernel_copy(sockets.second, relay.first, [&](error_code e, std::uint64_t n) {
            results[2].handler()(e, n);
            relay.first.close();
        });
        std::string arrived;
        collect(relay.second, arrived);
        io.restart();
        io.run_for(patience);
        for (const outcome& result : results)
            if (!result.done || result.error || result.bytes != bytes.size())
                return 1;
        if (arrived != bytes || read_file(dir.path("out")) != bytes)
            return 2;
    }
    const auto known = kernel_copy::detail::current_kernel().known().snapshot();
    return known[static_cast<std::size_t>(by)] == availability::unavailable ? 0 : 3;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(filters, descriptor_balance)

BOOST_AUTO_TEST_CASE(S30_S32_S37_S39_S42_a_kernel_that_refuses_a_call_is_remembered)
{
    struct refused_call
    {
        const char* name;
        long number;
        method by;
    };
    for (const refused_call& call :
         {refused_call{"copy_file_range", SYS_copy_file_range, method::copy_file_range},
          refused_call{"sendfile", SYS_sendfile, method::sendfile}, refused_call{"splice", SYS_splice, method::splice}})
        for (const int error : {ENOSYS, EPERM})
            BOOST_TEST_CONTEXT(call.name << " gives " << error)
            {
                const int status = in_child([&] { return copies_without(call.number, error, call.by); });
                BOOST_TEST(status == 0);
            }
}

BOOST_AUTO_TEST_CASE(a_kernel_without_pipe2_relays_through_the_buffer)
{
    for (const int error : {ENOSYS, EPERM, EMFILE})
        BOOST_TEST(in_child([&] {
                       // Nothing is remembered of splice, hence 3.
                       return copies_without(SYS_pipe2, error, method::splice);
                   }) == 3);
}

BOOST_AUTO_TEST_CASE(no_descriptors_left_is_no_error_for_a_relay)
{
    BOOST_TEST(in_child([] {
                   asio::io_context io;
                   auto in = local_pair(io);
                   auto out = local_pair(io);
                   const int next = ::open("/dev/null", O_RDONLY);
                   const rlimit limit = {static_cast<rlim_t>(next), static_cast<rlim_t>(next)};
                   ::close(next);
                   if (::setrlimit(RLIMIT_NOFILE, &limit) != 0)
                       return 77;
                   feed(in.second, "bytes");
                   outcome result;
                   kernel_copy::async_kernel_copy(in.first, out.first, result.handler());
                   io.run_for(patience);
                   return result.done && !result.error && result.bytes == 5 ? 0 : 1;
               }) == 0);
}

BOOST_AUTO_TEST_SUITE_END()

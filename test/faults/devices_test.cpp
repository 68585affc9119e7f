// Distributed under the Boost Software License, Version 1.0.
//
// Sinks that epoll does not know, in every way and with turns smaller than the buffer.
#include "support/disk_ends.hpp"

using namespace test;
using kernel_copy::method;
using kernel_copy::method_set;

BOOST_FIXTURE_TEST_SUITE(faults_of_devices, descriptor_balance)

BOOST_AUTO_TEST_CASE(P34_a_device_is_not_waited_for_when_the_turn_is_spent)
{
    constexpr std::size_t size = 500'000;
    for (const disk d : all_disks)
        for (const method_set& methods : {method_set{}, method_set{method::buffer}})
            for (const std::uint64_t budget : {1'000u, 16'384u, 100'000u})
                for (const std::size_t buffer : {4'096u, 65'536u})
                    BOOST_TEST_CONTEXT(d << ", a budget of " << budget << ", a buffer of " << buffer)
                    {
                        asio::io_context io;
                        disk_file_source source{io, content(size)};
                        auto null = open_file(io, "/dev/null", kernel_copy::file::write_only);
                        const outcome result =
                            copy(io, source.end(), null,
                                 {.methods = methods, .disk = d, .turn_budget = budget, .buffer_size = buffer});
                        BOOST_TEST(!result.error, result.error.message());
                        BOOST_TEST(result.bytes == size);
                    }
}

BOOST_AUTO_TEST_SUITE_END()

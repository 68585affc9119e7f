// Distributed under the Boost Software License, Version 1.0.
#include "support/disk_ends.hpp"
#include "support/fuse_file_system.hpp"
#include "support/tls_sink.hpp"

using namespace test;
using kernel_copy::copy_options;
using kernel_copy::file_range;

BOOST_FIXTURE_TEST_SUITE(disk_and_tls, balance, *boost::unit_test::precondition(fuse_here))

BOOST_AUTO_TEST_CASE(a_cold_file_does_not_hold_up_the_loop)
{
    constexpr std::size_t size = 400'000;
    for (const copy_options& way : {copy_options{}, {.disk = disk::always}})
        for (const bool part : {false, true})
        {
            fuse_file_system file_system{{{.size = size, .gated_from = 0}}};
            asio::io_context io;
            tls_sink sink{io};
            auto file = open_file(io, file_system.path());
            outcome cold;
            if (part)
                kernel_copy::async_kernel_copy(file_range(file, 5000, 100'000), sink.end(), way, cold.handler());
            else
                kernel_copy::async_kernel_copy(file, sink.end(), way, cold.handler());
            settle(io);
            file_system.wait_for_read();
            others_go_on(io);
            BOOST_TEST(!cold.done);
            file_system.open_gate();
            run_until(io, [&] { return cold.done; });
            sink.finish();
            run(io);
            BOOST_TEST(!cold.error);
            CHECK_SAME_BYTES(sink.bytes(), part ? content(100'000, 5000) : content(size));
        }
}

BOOST_AUTO_TEST_SUITE_END()

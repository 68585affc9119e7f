// Distributed under the Boost Software License, Version 1.0.
//
// Between two sockets, what needs no engine: how it begins, and how it ends.
#include "support/content.hpp"
#include "support/ends.hpp"

using namespace test;

BOOST_FIXTURE_TEST_SUITE(small_messages, descriptor_balance)

BOOST_AUTO_TEST_CASE(P1_a_message_between_sockets_takes_a_read_and_a_send, *needs_kernel_methods)
{
    for (const bool early : {false, true})
    {
        asio::io_context io;
        auto in = local_pair(io);
        auto out = local_pair(io);
        kernel_copy::monitor monitor;
        outcome result;
        if (early)
            asio::write(in.second, asio::buffer("message", 7));
        kernel_copy::async_kernel_copy(in.first, out.first, {.monitor = &monitor}, result.handler());
        settle(io);
        if (!early)
            asio::write(in.second, asio::buffer("message", 7));
        settle(io);
        BOOST_TEST(monitor.delivered() == 7u);
        BOOST_TEST(monitor.system_calls() == 3u); // one read finds nothing
        BOOST_TEST(monitor.waits() == (early ? 1u : 2u));
        BOOST_TEST((monitor.current() == kernel_copy::method::buffer));
        in.second.close();
        run_until(io, [&] { return result.done; });
        BOOST_TEST(!result.error);
        BOOST_TEST(result.bytes == 7u);
        BOOST_TEST(monitor.system_calls() == 4u); // and the last one the end
    }
}

BOOST_AUTO_TEST_CASE(P1_what_is_all_there_is_copied_without_a_wait)
{
    asio::io_context io;
    auto in = local_pair(io);
    auto out = local_pair(io);
    kernel_copy::monitor monitor;
    outcome result;
    asio::write(in.second, asio::buffer("message", 7));
    in.second.close();
    kernel_copy::async_kernel_copy(in.first, out.first, {.monitor = &monitor}, result.handler());
    BOOST_TEST(!result.done);
    in.first.close(); // too late
    run(io);
    BOOST_TEST(!result.error);
    BOOST_TEST(result.bytes == 7u);
    BOOST_TEST(monitor.waits() == 0u);
    BOOST_TEST(read_now(out.second) == "message");
}

BOOST_AUTO_TEST_CASE(S8_a_wrong_kind_of_a_sink_shows_when_bytes_come)
{
    asio::io_context io;
    temp_dir dir;
    const std::string bytes = content(1000);
    for (const bool waits : {false, true})
    {
        auto in = local_pair(io);
        local::socket liar{io};
        error_code ignored;
        const std::string path = dir.path("out");
        liar.assign(local{}, ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), ignored);
        BOOST_REQUIRE(liar.is_open());
        if (!waits)
            asio::write(in.second, asio::buffer(bytes));
        kernel_copy::monitor monitor;
        outcome result;
        kernel_copy::async_kernel_copy(in.first, liar, {.monitor = &monitor}, result.handler());
        if (waits)
        {
            settle(io);
            asio::write(in.second, asio::buffer(bytes));
        }
        in.second.close();
        run_until(io, [&] { return result.done; });
        BOOST_TEST(!result.error);
        BOOST_TEST(result.bytes == bytes.size());
        BOOST_TEST(monitor.delivered() == bytes.size());
        CHECK_SAME_BYTES(read_file(path), bytes);
    }
}

BOOST_AUTO_TEST_SUITE_END()

// Distributed under the Boost Software License, Version 1.0.
#include "world.hpp"

#include <memory>

using namespace portable;
using asio::cancellation_type;
using kernel_copy::async_kernel_copy;

namespace {

/// A copy that stands still, because nobody reads what it writes.
struct stuck : world
{
    explicit stuck(const std::string& bytes = test::content(20'000'000)) : sent{in.theirs, bytes}
    {
        async_kernel_copy(in.ours, out.ours, {.buffer_size = 64 * 1024, .residue = &rest, .monitor = &monitor},
                          asio::bind_cancellation_slot(signal.slot(), copied.handler()));
    }
    /// Until for some while nothing has moved.
    void fill()
    {
        std::uint64_t before = 0;
        for (int i = 0; before == 0 || monitor.delivered() != before; ++i)
        {
            BOOST_REQUIRE(i != 600);
            before = monitor.delivered();
            io.restart();
            io.run_for(std::chrono::milliseconds{100});
        }
    }

    connection in{io};
    connection out{io};
    asio::cancellation_signal signal{};
    kernel_copy::residue rest{};
    kernel_copy::monitor monitor{};
    copy_ending copied{};
    writer sent;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(stops, stuck)

BOOST_AUTO_TEST_CASE(terminal_leaves_a_residue_and_the_copy_goes_on_with_it)
{
    fill();
    signal.emit(cancellation_type::terminal);
    run_until([this] { return copied.done; });
    BOOST_TEST(copied.error == asio::error::operation_aborted);
    BOOST_TEST(copied.result == monitor.delivered());
    BOOST_TEST(rest.size() == monitor.in_flight());

    const reader received{out.theirs};
    copy_ending again;
    async_kernel_copy(kernel_copy::prefixed(rest, in.ours), out.ours,
                      [this, told = again.handler()](const error_code& error, std::uint64_t n) {
                          told(error, n);
                          out.ours.close();
                      });
    run();
    BOOST_TEST(!again.error);
    BOOST_TEST(copied.result + again.result == sent.bytes.size());
    BOOST_TEST(rest.empty());
    CHECK_SAME_BYTES(received.bytes, sent.bytes);
}

BOOST_AUTO_TEST_CASE(partial_delivers_what_was_taken)
{
    fill();
    signal.emit(cancellation_type::partial);
    const reader received{out.theirs};
    run_until([this] { return copied.done; });
    BOOST_TEST(copied.error == asio::error::operation_aborted);
    BOOST_TEST(monitor.taken() == monitor.delivered());
    BOOST_TEST(rest.empty());
    out.ours.close();
    run_until([&] { return received.ended; });
    CHECK_SAME_BYTES(received.bytes, sent.bytes.substr(0, static_cast<std::size_t>(copied.result)));
}

BOOST_AUTO_TEST_CASE(total_is_too_late_once_bytes_were_taken)
{
    fill();
    signal.emit(cancellation_type::total);
    const reader received{out.theirs};
    run_until([this] { return copied.done; });
    BOOST_TEST(!copied.error);
    BOOST_TEST(copied.result == sent.bytes.size());
}

BOOST_AUTO_TEST_CASE(total_before_the_first_byte)
{
    connection idle{io};
    asio::cancellation_signal stop;
    copy_ending none;
    async_kernel_copy(idle.ours, idle.ours, asio::bind_cancellation_slot(stop.slot(), none.handler()));
    fill();
    BOOST_TEST(!none.done);
    stop.emit(cancellation_type::total);
    run_until([&] { return none.done; });
    BOOST_TEST(none.error == asio::error::operation_aborted);
    BOOST_TEST(none.result == 0u);
}

BOOST_AUTO_TEST_CASE(a_socket_that_is_closed_ends_the_copy)
{
    fill();
#if defined(_WIN32) // by itself a close ends what is under way on Windows, but not with Wine
    in.ours.cancel();
    out.ours.cancel();
#endif
    in.ours.close();
    out.ours.close();
    run_until([this] { return copied.done; });
    BOOST_TEST(copied.error);
    BOOST_TEST(copied.result == monitor.delivered());
}

BOOST_AUTO_TEST_CASE(a_context_that_is_destroyed_drops_it)
{
    auto alive = std::make_shared<int>();
    const std::weak_ptr<int> watched = alive;
    {
        asio::io_context other;
        connection idle{other};
        connection sink{other};
        async_kernel_copy(idle.ours, sink.ours, [alive = std::move(alive)](const error_code&, std::uint64_t) {
            BOOST_ERROR("it was dropped");
        });
        other.poll();
        BOOST_TEST(!watched.expired());
    }
    BOOST_TEST(watched.expired());
}

BOOST_AUTO_TEST_SUITE_END()

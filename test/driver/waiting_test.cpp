// Distributed under the Boost Software License, Version 1.0.
#include "support/content.hpp"
#include "support/ends.hpp"
#include "support/fake_kernel.hpp"

#include <pty.h>
#include <termios.h>

using namespace test;
using kernel_copy::take;
using kernel_copy::detail::kernel_replacement;

namespace {

/// Feeds a copy piece by piece while its sink is read piece by piece.
template <class Peer, class Reader>
std::string trickle(asio::io_context& io, outcome& result, Peer& peer, Reader& reader, const std::string& bytes,
                    std::size_t piece)
{
    std::string arrived;
    for (std::size_t at = 0; at < bytes.size(); at += piece)
    {
        asio::write(peer, asio::buffer(bytes.substr(at, piece)));
        settle(io);
        arrived += read_now(reader);
    }
    peer.close();
    run_until(io, [&] {
        arrived += read_now(reader);
        return result.done;
    });
    return arrived + read_now(reader);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(waiting, descriptor_balance)

BOOST_AUTO_TEST_CASE(P1_P2_P5_small_pieces_arrive_without_waiting_for_more)
{
    const std::string bytes = content(3000);
    for (const std::size_t piece : {1u, 7u, 1000u})
    {
        asio::io_context io;
        auto in = tcp_pair(io);
        auto out = tcp_pair(io);
        in.second.set_option(tcp::no_delay{true});
        outcome result;
        kernel_copy::async_kernel_copy(in.first, out.first, result.handler());
        for (std::size_t at = 0; at < bytes.size(); at += piece)
        {
            asio::write(in.second, asio::buffer(bytes.substr(at, piece)));
            std::string arrived;
            bool read = false;
            asio::async_read(out.second, asio::dynamic_buffer(arrived),
                             asio::transfer_exactly(std::min(piece, bytes.size() - at)),
                             [&](error_code error, std::size_t) { read = !error; });
            run_until(io, [&] { return read; });
            CHECK_SAME_BYTES(arrived, bytes.substr(at, piece));
        }
        in.second.close();
        run_until(io, [&] { return result.done; });
        BOOST_TEST(result.bytes == bytes.size());
    }
}

BOOST_AUTO_TEST_CASE(P1_P3_a_full_sink_pipe_hides_neither_bytes_nor_the_end, *needs_kernel_methods)
{
    // Sixteen one-byte segments fill a pipe; the end of the source comes while it is full.
    asio::io_context io;
    auto in = local_pair(io);
    auto pipe = pipe_pair(io);
    outcome result;
    kernel_copy::async_kernel_copy(in.first, pipe.second, result.handler());
    const std::string bytes = content(100);
    for (const char byte : bytes)
    {
        asio::write(in.second, asio::buffer(&byte, 1));
        settle(io);
    }
    in.second.close();
    settle(io);
    BOOST_TEST(!result.done);
    std::string arrived;
    run_until(io, [&] {
        arrived += read_now(pipe.first);
        return result.done;
    });
    arrived += read_now(pipe.first);
    BOOST_TEST(!result.error);
    BOOST_TEST(arrived == bytes);
}

BOOST_AUTO_TEST_CASE(P1_neither_end_ready_and_then_either)
{
    for (const bool pipe_to_socket : {true, false})
    {
        asio::io_context io;
        auto sockets = local_pair(io);
        auto pipe = pipe_pair(io);
        outcome result;
        const std::string bytes = content(400'000);
        std::string arrived;
        if (pipe_to_socket)
        {
            kernel_copy::async_kernel_copy(pipe.first, sockets.first, result.handler());
            settle(io);
            arrived = trickle(io, result, pipe.second, sockets.second, bytes, 50'000);
        }
        else
        {
            kernel_copy::async_kernel_copy(sockets.first, pipe.second, result.handler());
            settle(io);
            arrived = trickle(io, result, sockets.second, pipe.first, bytes, 50'000);
        }
        BOOST_TEST(!result.error);
        CHECK_SAME_BYTES(arrived, bytes);
    }
}

BOOST_AUTO_TEST_CASE(P1_an_eagain_that_nothing_explains_does_not_spin, *needs_kernel_methods)
{
    asio::io_context io;
    fake_kernel kernel;
    kernel.instead = [](const std::string& call, std::size_t, std::uint64_t) -> fake_kernel::answer {
        return call == "splice" ? fake_kernel::answer{call_result{.bytes = 0, .error = EAGAIN}} : std::nullopt;
    };
    const kernel_replacement replaced{kernel};
    auto in = pipe_pair(io);
    auto sockets = local_pair(io);
    auto out = local_pair(io);
    asio::write(in.second, asio::buffer("x", 1));
    asio::write(sockets.second, asio::buffer("y", 1));
    kernel_copy::monitor counters;
    BOOST_TEST(copy(io, take(in.first, 1), out.first, {.monitor = &counters}).bytes == 1u);
    const outcome refused = copy(io, take(sockets.first, 1), out.first,
                                 {.methods = {kernel_copy::method::splice_through_pipe}, .monitor = &counters});
    BOOST_TEST(refused.error == failure(EAGAIN));
    BOOST_TEST(copy(io, take(sockets.first, 1), out.first, {.monitor = &counters}).bytes == 1u);
    BOOST_TEST((counters.current() == kernel_copy::method::buffer));
    BOOST_TEST(counters.given_up(kernel_copy::method::splice) == failure(EAGAIN));
    BOOST_TEST(counters.given_up(kernel_copy::method::splice_through_pipe) == failure(EAGAIN));
    BOOST_TEST(kernel.count("splice") < 30u);
    BOOST_TEST(read_now(out.second) == "xy");
}

BOOST_AUTO_TEST_CASE(P1_urgent_data_does_not_stop_or_shorten_a_copy)
{
    // At TCP's urgent mark the socket is readable and a splice gives nothing, or says 0 once the end is behind
    // the mark; a receive steps over it.
    for (const bool to_pipe : {false, true})
        for (const bool end_comes_first : {false, true})
        {
            asio::io_context io;
            auto in = tcp_pair(io);
            auto out = tcp_pair(io);
            auto pipe = pipe_pair(io);
            outcome result;
            const auto start = [&] {
                if (to_pipe)
                    kernel_copy::async_kernel_copy(in.first, pipe.second, result.handler());
                else
                    kernel_copy::async_kernel_copy(in.first, out.first, result.handler());
            };
            asio::write(in.second, asio::buffer("ab", 2));
            in.second.send(asio::buffer("U", 1), tcp::socket::message_out_of_band);
            asio::write(in.second, asio::buffer("cd", 2));
            std::string arrived;
            const auto four = [&] {
                arrived += to_pipe ? read_now(pipe.first) : read_now(out.second);
                return arrived.size() == 4 || result.done;
            };
            if (end_comes_first)
                in.second.close();
            start();
            run_until(io, four);
            in.second.close();
            run_until(io, [&] { return result.done; });
            four();
            BOOST_TEST(!result.error);
            BOOST_TEST(result.bytes == 4u);
            BOOST_TEST(arrived == "abcd");
        }
}

BOOST_AUTO_TEST_CASE(P8_blocking_ends_do_not_block_the_loop)
{
    // Sockets and pipes as they are made: blocking. With nothing to read and no room to write the loop goes on.
    asio::io_context io;
    auto in = tcp_pair(io);
    auto out = tcp_pair(io);
    auto pipe = pipe_pair(io);
    outcome waiting_for_source;
    outcome waiting_for_sink;
    std::string filler = content(1 << 20);
    temp_dir dir;
    write_file(dir.path("large"), content(20 << 20));
    auto large = open_file(io, dir.path("large"));
    kernel_copy::async_kernel_copy(in.first, pipe.second, waiting_for_source.handler());
    kernel_copy::async_kernel_copy(large, out.first, waiting_for_sink.handler());
    settle(io); // returns
    BOOST_TEST(!waiting_for_source.done);
    BOOST_TEST(!waiting_for_sink.done);
    in.second.close();
    out.second.close();
    run(io);
    BOOST_TEST(waiting_for_source.done);
    BOOST_TEST(waiting_for_sink.error.failed());
}

BOOST_AUTO_TEST_CASE(B2_asios_pipes_are_waited_for)
{
    asio::io_context io;
    auto in = asio_pipe_pair(io);
    auto out = asio_pipe_pair(io);
    outcome result;
    kernel_copy::monitor counters;
    kernel_copy::async_kernel_copy(in.first, out.second, {.monitor = &counters}, result.handler());
    settle(io);
    const std::string bytes = content(200'000);
    feed(in.second, bytes);
    std::string arrived;
    collect(out.first, arrived);
    run_until(io, [&] { return result.done; });
    out.second.close();
    run(io);
    BOOST_TEST(counters.waits() > 1u);
    CHECK_SAME_BYTES(arrived, bytes);
}

BOOST_AUTO_TEST_CASE(P34_what_can_not_be_polled_is_not_waited_for)
{
    // A regular file as standard input, /dev/zero, /dev/null and /dev/full behind stream_descriptors.
    asio::io_context io;
    temp_dir dir;
    const std::string bytes = content(100'000);
    write_file(dir.path("in"), bytes);
    descriptor in{io, ::open(dir.path("in").c_str(), O_RDONLY | O_CLOEXEC)};
    descriptor out{io, ::open(dir.path("out").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)};
    BOOST_TEST(copy(io, in, out).bytes == bytes.size());
    CHECK_SAME_BYTES(read_file(dir.path("out")), bytes);

    descriptor zero{io, ::open("/dev/zero", O_RDONLY | O_CLOEXEC)};
    BOOST_TEST(copy(io, take(zero, 100'000), out).bytes == 100'000u);
    descriptor null{io, ::open("/dev/null", O_RDWR | O_CLOEXEC)};
    auto source = open_file(io, dir.path("in"));
    BOOST_TEST(copy(io, source, null).bytes == bytes.size());
    BOOST_TEST(copy(io, null, out).bytes == 0u);
    descriptor full{io, ::open("/dev/full", O_RDWR | O_CLOEXEC)};
    source.seek(0, kernel_copy::file::seek_set);
    const outcome no_space = copy(io, source, full);
    BOOST_TEST(no_space.error == failure(ENOSPC));
    BOOST_TEST(no_space.bytes == 0u);
    BOOST_TEST(position_of(source.native_handle()) == 0u); // what was read and not written is given back
}

BOOST_AUTO_TEST_CASE(terminals_are_ends)
{
    asio::io_context io;
    int master = -1;
    int slave = -1;
    termios raw = {};
    ::cfmakeraw(&raw);
    BOOST_REQUIRE(::openpty(&master, &slave, nullptr, &raw, nullptr) == 0);
    descriptor near{io, master};
    descriptor far{io, slave};
    temp_dir dir;
    const std::string bytes = content(30'000);
    write_file(dir.path("in"), bytes);
    auto source = open_file(io, dir.path("in"));
    outcome written;
    outcome read;
    auto sockets = local_pair(io);
    kernel_copy::async_kernel_copy(source, near, written.handler());
    kernel_copy::async_kernel_copy(take(far, bytes.size()), sockets.first, read.handler());
    std::string arrived;
    run_until(io, [&] {
        arrived += read_now(sockets.second);
        return written.done && read.done;
    });
    arrived += read_now(sockets.second);
    BOOST_TEST(!written.error);
    BOOST_TEST(!read.error);
    CHECK_SAME_BYTES(arrived, bytes);
}

BOOST_AUTO_TEST_CASE(P4_the_end_comes_after_the_last_byte)
{
    for (int i = 0; i != 300; ++i)
    {
        asio::io_context io;
        auto in = tcp_pair(io);
        auto out = tcp_pair(io);
        outcome result;
        kernel_copy::async_kernel_copy(in.first, out.first, [&](error_code error, std::uint64_t n) {
            result.handler()(error, n);
            out.first.shutdown(tcp::socket::shutdown_send);
        });
        const std::string bytes = content(1 + static_cast<std::size_t>(i) * 301);
        feed(in.second, bytes);
        std::string arrived;
        collect(out.second, arrived);
        run(io);
        CHECK_SAME_BYTES(arrived, bytes);
    }
}

BOOST_AUTO_TEST_SUITE_END()

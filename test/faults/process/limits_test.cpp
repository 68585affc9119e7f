// Distributed under the Boost Software License, Version 1.0.
//
// The limits of a process and of a user, where a copy can't do without, and where it can.
#include "support/cold_source.hpp"
#include "support/disk_ends.hpp"
#include "support/scarcity.hpp"

#include <array>
#include <vector>

#include <grp.h>

using namespace test;

namespace {

constexpr std::size_t size = 3'000'000;

/// Pipes of the test's own, until the user may have no more.
class pipe_hoard
{
public:
    pipe_hoard() = default;
    pipe_hoard(const pipe_hoard&) = delete;
    pipe_hoard& operator=(const pipe_hoard&) = delete;
    ~pipe_hoard()
    {
        for (const auto& p : pipes_)
        {
            ::close(p[0]);
            ::close(p[1]);
        }
    }

    /// False if there seems to be no limit. Beyond the soft one pipes are small.
    bool take_all()
    {
        std::array<int, 2> ends{};
        while (pipes_.size() != 400)
        {
            if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0)
                return true;
            pipes_.push_back(ends);
            ::fcntl(ends[0], F_SETPIPE_SZ, 1 << 20);
        }
        return ::fcntl(ends[0], F_GETPIPE_SZ) <= 8192;
    }

private:
    std::vector<std::array<int, 2>> pipes_{};
};

template <class Source, class Sink>
int copies_with_no_pipe_to_be_had()
{
    asio::io_context io;
    const std::string bytes = content(size);
    Source source{io, bytes};
    Sink sink{io};
    constexpr uid_t nobody = 65'534;
    if (::setgroups(0, nullptr) != 0 || ::setresuid(nobody, nobody, 0) != 0)
        return 77;
    pipe_hoard others;
    if (!others.take_all())
        return 3;
    outcome result;
    kernel_copy::async_kernel_copy(source.end(), sink.end(), result.handler());
    run_until(io, [&] { return result.done; });
    sink.finish();
    run(io);
    if (::setresuid(0, 0, 0) != 0) // whose files they are
        return 2;
    return !result.error && result.bytes == size && sink.bytes() == bytes ? 0 : 1;
}

std::string read_pipe_now(int fd)
{
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
    std::string bytes;
    char piece[65536];
    for (ssize_t n = ::read(fd, piece, sizeof piece); n > 0; n = ::read(fd, piece, sizeof piece))
        bytes.append(piece, static_cast<std::size_t>(n));
    return bytes;
}

using pairs = std::tuple<std::pair<cold_source, tcp_sink>, std::pair<tcp_source, disk_file_sink>,
                         std::pair<tcp_source, local_sink>>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(limits_of_processes, balance)

BOOST_AUTO_TEST_CASE_TEMPLATE(P10_a_user_whose_pipes_have_used_up_their_pages, Pair, pairs)
{
    if (!is_root())
    {
        BOOST_TEST_MESSAGE("left out: only root can be another user");
        return;
    }
    const int status = in_child(copies_with_no_pipe_to_be_had<typename Pair::first_type, typename Pair::second_type>);
    if (status == 77)
        BOOST_TEST_MESSAGE("left out: no other user to be");
    BOOST_TEST((status == 0 || status == 77));
}

BOOST_AUTO_TEST_CASE(a_pipe_of_asio_that_cant_be_waited_for_ends_the_copy_with_its_count)
{
    for (const std::size_t before : {0u, 1000u})
        for (const bool source_waits : {true, false})
        {
            asio::io_context io;
            auto in = asio_pipe_pair(io);
            auto out = asio_pipe_pair(io);
            const std::string bytes = content(source_waits ? before : 200'000);
            ::fcntl(in.second.native_handle(), F_SETPIPE_SZ, 1 << 20);
            if (!bytes.empty())
                asio::write(in.second, asio::buffer(bytes));
            kernel_copy::monitor counters;
            outcome result;
            {
                const scarcity none{0};
                kernel_copy::async_kernel_copy(in.first, out.second, {.monitor = &counters}, result.handler());
                run(io);
            }
            BOOST_TEST(result.error == failure(EMFILE));
            BOOST_TEST(result.bytes == counters.delivered());
            const std::string arrived = read_pipe_now(out.first.native_handle());
            CHECK_SAME_BYTES(arrived, bytes.substr(0, result.bytes));
            BOOST_TEST((source_waits ? arrived.size() == before : arrived.size() < bytes.size()));

            // With descriptors again it goes on where it was.
            outcome rest;
            kernel_copy::async_kernel_copy(in.first, out.second, rest.handler());
            in.second.close();
            std::string last;
            collect(out.first, last);
            run_until(io, [&] { return rest.done; });
            out.second.close();
            run(io);
            BOOST_TEST(!rest.error);
            CHECK_SAME_BYTES(last, bytes.substr(result.bytes));
        }
}

BOOST_AUTO_TEST_SUITE_END()

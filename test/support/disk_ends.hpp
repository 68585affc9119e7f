// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_DISK_ENDS_HPP
#define KERNEL_COPY_TEST_SUPPORT_DISK_ENDS_HPP

#include "content.hpp"
#include "disk_jobs.hpp"
#include "opaque_ends.hpp"

#include <memory>

#include <stdlib.h>
#include <termios.h>

namespace test {

using kernel_copy::disk;

/// A fixture: the test ends with as many threads and descriptors as it began with.
class balance : descriptor_balance
{
public:
    balance() = default;
    balance(const balance&) = delete;
    balance& operator=(const balance&) = delete;
    // A thread that has been joined is still listed for a moment.
    ~balance()
    {
        BOOST_TEST(becomes_true([this] { return threads_of_process() <= threads_before_; }));
    }

private:
    std::size_t threads_before_ = threads_of_process();
};

/// A terminal that changes nothing: its master, and its slave.
inline std::pair<descriptor, descriptor> terminal_pair(asio::io_context& io)
{
    descriptor master{io, ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)};
    BOOST_REQUIRE(::grantpt(master.native_handle()) == 0);
    BOOST_REQUIRE(::unlockpt(master.native_handle()) == 0);
    char name[64];
    BOOST_REQUIRE(::ptsname_r(master.native_handle(), name, sizeof name) == 0);
    descriptor slave{io, ::open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)};
    termios how = {};
    BOOST_REQUIRE(::tcgetattr(slave.native_handle(), &how) == 0);
    ::cfmakeraw(&how);
    BOOST_REQUIRE(::tcsetattr(slave.native_handle(), TCSANOW, &how) == 0);
    return {std::move(master), std::move(slave)};
}

using terminal_sink = collecting_sink<terminal_pair>;

/// While a copy waits for a disk, other handlers run and another connection is served.
inline void others_go_on(asio::io_context& io)
{
    const temp_dir dir;
    const std::string bytes = content(300'000);
    write_file(dir.path("warm"), bytes);
    auto file = open_file(io, dir.path("warm"));
    auto sockets = tcp_pair(io);
    std::string arrived;
    outcome warm;
    kernel_copy::async_kernel_copy(file, sockets.first, warm.handler());
    unsigned handlers = 0;
    const auto handle = [&](const auto& self) -> void {
        if (++handlers != 100)
            asio::post(io, [&] { self(self); });
    };
    handle(handle);
    run_until(io, [&] {
        arrived += read_now(sockets.second);
        return warm.done && handlers == 100;
    });
    arrived += read_now(sockets.second);
    BOOST_TEST(!warm.error);
    CHECK_SAME_BYTES(arrived, bytes);
}

/// All ways in which a file's calls are kept from the loop, or not.
inline constexpr disk all_disks[] = {disk::inline_, disk::when_cold, disk::always};

} // namespace test

namespace kernel_copy {

inline std::ostream& operator<<(std::ostream& out, disk d)
{
    return out << (d == disk::inline_ ? "inline" : d == disk::always ? "always" : "when_cold");
}

} // namespace kernel_copy

#endif

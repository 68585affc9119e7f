// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_CANARY_HPP
#define KERNEL_COPY_TEST_SUPPORT_CANARY_HPP

#include <boost/test/unit_test.hpp>

#include <string>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace test {

/// Somebody else's socket, with something to be read, that has been given the number of what was just closed. Nobody
/// touches it.
class canary
{
public:
    explicit canary(int number) : number_{number}
    {
        int ends[2];
        BOOST_REQUIRE(::fcntl(number, F_GETFD) == -1);
        BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
        peer_ = ends[1];
        if (peer_ == number) // the lowest that was free
            peer_ = ::fcntl(peer_, F_DUPFD_CLOEXEC, 0);
        BOOST_REQUIRE(::write(peer_, song.data(), song.size()) == static_cast<ssize_t>(song.size()));
        if (ends[0] == number)
            return;
        BOOST_REQUIRE(::dup3(ends[0], number, O_CLOEXEC) == number);
        ::close(ends[0]);
    }
    canary(const canary&) = delete;
    canary& operator=(const canary&) = delete;
    ~canary()
    {
        int left = 0;
        BOOST_TEST(::ioctl(number_, FIONREAD, &left) == 0);
        BOOST_TEST(static_cast<std::size_t>(left) == song.size());
        BOOST_TEST((::fcntl(number_, F_GETFL) & O_NONBLOCK) == 0);
        pollfd heard{.fd = peer_, .events = POLLIN | POLLRDHUP, .revents = 0};
        BOOST_TEST(::poll(&heard, 1, 0) == 0); // neither bytes nor an end
        ::close(number_);
        ::close(peer_);
    }

private:
    const std::string song = std::string(1000, '!');
    int number_;
    int peer_ = -1;
};

} // namespace test

#endif

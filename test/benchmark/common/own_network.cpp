// Distributed under the Boost Software License, Version 1.0.
#include "own_network.hpp"

#include <cstring>
#include <fstream>

#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace benchmark {

namespace {

bool bring_up_loopback()
{
    const int any = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq loopback{};
    std::strcpy(loopback.ifr_name, "lo");
    loopback.ifr_flags = IFF_UP | IFF_RUNNING;
    const bool up = ::ioctl(any, SIOCSIFFLAGS, &loopback) == 0;
    ::close(any);
    return up;
}

} // namespace

bool enter_own_network()
{
    if (::unshare(CLONE_NEWNET) != 0 || !bring_up_loopback())
        return false;
    std::ofstream{"/proc/sys/net/ipv4/tcp_congestion_control"} << "reno";
    return true;
}

} // namespace benchmark

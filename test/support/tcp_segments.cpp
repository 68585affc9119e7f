// Distributed under the Boost Software License, Version 1.0.
#include "tcp_segments.hpp"

#include <linux/tcp.h> // knows more than netinet/tcp.h, and is not for the same file
#include <netinet/in.h>
#include <sys/socket.h>

unsigned test::data_segments_sent(int socket)
{
    tcp_info info = {};
    socklen_t size = sizeof info;
    ::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size);
    return info.tcpi_data_segs_out;
}

// Distributed under the Boost Software License, Version 1.0.
#include "wires.hpp"

#include <support/scenario.hpp>

#include <algorithm>
#include <cerrno>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kernel_copy::test {

namespace {

constexpr int patience_ms = 20'000;

int checked(int result, const char* what)
{
    require(result != -1, std::string{what} + " failed: " + std::to_string(errno));
    return result;
}

/// Listens on the loopback, for as long as the process lives.
class listener
{
public:
    listener() : wire_{checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket")}
    {
        socklen_t size = sizeof address_;
        address_.sin_family = AF_INET;
        address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        checked(::bind(wire_.get(), to(), size), "bind");
        checked(::listen(wire_.get(), 1), "listen");
        checked(::getsockname(wire_.get(), to(), &size), "getsockname");
    }

    wire_pair pair()
    {
        wire client{checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket")};
        checked(::connect(client.get(), to(), sizeof address_), "connect");
        checked(::fcntl(client.get(), F_SETFL, O_NONBLOCK), "fcntl");
        wire server{checked(::accept4(wire_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK), "accept")};
        const linger at_once{.l_onoff = 1, .l_linger = 0};
        for (const int each : {client.get(), server.get()})
            checked(::setsockopt(each, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), "setsockopt");
        return {std::move(client), std::move(server)};
    }

private:
    sockaddr* to() { return reinterpret_cast<sockaddr*>(&address_); }

    wire wire_;
    sockaddr_in address_{};
};

} // namespace

std::bitset<128> open_wires()
{
    std::bitset<128> open;
    for (std::size_t i = 0; i != open.size(); ++i)
        open[i] = ::fcntl(static_cast<int>(i), F_GETFD) != -1;
    return open;
}

void wire::close()
{
    if (is_open())
        ::close(release());
}

std::size_t wire::write(std::string_view bytes) const
{
    if (!is_open() || bytes.empty())
        return 0;
    ssize_t n = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n == -1 && errno == ENOTSOCK)
        n = ::write(descriptor_, bytes.data(), bytes.size());
    return n == -1 ? 0 : static_cast<std::size_t>(n);
}

std::string wire::read(std::size_t most) const
{
    std::string bytes;
    char piece[16 * 1024];
    while (is_open() && bytes.size() < most)
    {
        const ssize_t n = ::read(descriptor_, piece, std::min(sizeof piece, most - bytes.size()));
        if (n <= 0)
            break;
        bytes.append(piece, static_cast<std::size_t>(n));
    }
    return bytes;
}

std::string wire::read_soon(std::size_t most) const
{
    pollfd readable{.fd = descriptor_, .events = POLLIN, .revents = 0};
    while (::poll(&readable, 1, patience_ms) == -1 && errno == EINTR) // libFuzzer has a timer
        ;
    return read(most);
}

wire_pair socket_wires()
{
    int ends[2];
    checked(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends), "socketpair");
    return {wire{ends[0]}, wire{ends[1]}};
}

wire_pair tcp_wires()
{
    static listener one;
    return one.pair();
}

wire_pair pipe_wires()
{
    int ends[2];
    checked(::pipe2(ends, O_CLOEXEC | O_NONBLOCK), "pipe2");
    return {wire{ends[0]}, wire{ends[1]}};
}

wire file_wire(const std::string& content)
{
    wire file{checked(::memfd_create("fuzz", MFD_CLOEXEC), "memfd_create")};
    checked(::ftruncate(file.get(), static_cast<off_t>(content.size())), "ftruncate");
    // Whole pages of zeros are holes.
    constexpr std::size_t page = 4096;
    for (std::size_t at = 0; at < content.size(); at += page)
    {
        const std::string_view piece = std::string_view{content}.substr(at, page);
        if (piece.find_first_not_of('\0') != std::string_view::npos)
            checked(static_cast<int>(::pwrite(file.get(), piece.data(), piece.size(), static_cast<off_t>(at))),
                    "pwrite");
    }
    return file;
}

std::string content_of(int file)
{
    struct stat status = {};
    checked(::fstat(file, &status), "fstat");
    std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
    const ssize_t n = ::pread(file, bytes.data(), bytes.size(), 0);
    require(n == status.st_size, "a file that can't be read back");
    return bytes;
}

void make_small(int descriptor)
{
    constexpr int little = 4096;
    if (::fcntl(descriptor, F_SETPIPE_SZ, little) == -1)
        ::setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &little, sizeof little);
}

} // namespace kernel_copy::test

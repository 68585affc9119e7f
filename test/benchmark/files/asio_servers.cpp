// Distributed under the Boost Software License, Version 1.0.
#include "asio_server.hpp"
#include "system.hpp"

#include <boost/asio/write.hpp>

#include <algorithm>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <sys/sendfile.h>
#include <unistd.h>

namespace benchmark::files {

namespace {

std::vector<int> open_all(const std::vector<std::string>& names)
{
    std::vector<int> result;
    for (const std::string& name : names)
        result.push_back(check(::open(name.c_str(), O_RDONLY | O_CLOEXEC), name.c_str()));
    return result;
}

/// Reads 64 KiB and writes them, again and again.
class plain_sender
{
public:
    plain_sender(asio::io_context&, const service& what) : files_{open_all(what.files)} {}

    struct state
    {
        std::vector<char> buffer = std::vector<char>(64 * kib);
        std::uint64_t done;
    };

    template <class Done>
    void send(tcp::socket& socket, const request& asked, state& of, Done done)
    {
        of.done = 0;
        std::fill_n(of.buffer.begin(), asked.header, 'h');
        send_rest(socket, asked, of, asked.header, done);
    }

private:
    template <class Done>
    void send_rest(tcp::socket& socket, const request& asked, state& of, std::size_t filled, Done done)
    {
        const auto read = static_cast<std::size_t>(
            check(::pread(files_.at(asked.file), of.buffer.data() + filled,
                          std::min<std::uint64_t>(of.buffer.size() - filled, asked.length - of.done),
                          static_cast<off_t>(asked.offset + of.done)),
                  "pread"));
        if (read == 0)
            throw std::runtime_error{"a file ends too early"};
        asio::async_write(socket, asio::buffer(of.buffer.data(), filled + read),
                          [this, &socket, &asked, &of, read, done](const error_code& error, std::size_t) {
                              of.done += read;
                              if (error || of.done == asked.length)
                                  return done(error, true);
                              send_rest(socket, asked, of, 0, done);
                          });
    }

    std::vector<int> files_;
};

/// The least that a server on Asio can do: sendfile in the turns that serve bare C best, and a wait.
class least_sender
{
public:
    least_sender(asio::io_context&, const service& what) : files_{open_all(what.files)} {}

    struct state
    {
        std::uint64_t done;
    };

    template <class Done>
    void send(tcp::socket& socket, const request& asked, state& of, Done done)
    {
        of.done = 0;
        const std::string header(asked.header, 'h');
        if (!header.empty() && ::send(socket.native_handle(), header.data(), header.size(), MSG_NOSIGNAL | MSG_MORE) !=
                                   static_cast<ssize_t>(header.size()))
            throw std::runtime_error{"a header that does not fit"};
        send_rest(socket, asked, of, done);
    }

private:
    static constexpr std::uint64_t turn = 2 * mib;

    template <class Done>
    void send_rest(tcp::socket& socket, const request& asked, state& of, Done done)
    {
        for (;;)
        {
            auto offset = static_cast<off_t>(asked.offset + of.done);
            const ssize_t sent = check_transfer(::sendfile(socket.native_handle(), files_.at(asked.file), &offset,
                                                           std::min(turn, asked.length - of.done)),
                                                "sendfile");
            if (sent == would_block)
                break;
            if (sent == 0)
                throw std::runtime_error{"a file ends too early"};
            of.done += static_cast<std::uint64_t>(sent);
            if (of.done == asked.length)
                return done(error_code{}, true);
        }
        socket.async_wait(tcp::socket::wait_write, [this, &socket, &asked, &of, done](const error_code& error) {
            if (error)
                return done(error, false);
            send_rest(socket, asked, of, done);
        });
    }

    std::vector<int> files_;
};

} // namespace

void serve_by_plain_asio(const service& what)
{
    serve_by_asio<plain_sender>(what);
}

void serve_by_least_asio(const service& what)
{
    ::signal(SIGPIPE, SIG_IGN); // sendfile has no MSG_NOSIGNAL
    serve_by_asio<least_sender>(what);
}

} // namespace benchmark::files

// Distributed under the Boost Software License, Version 1.0.
#include "contender.hpp"
#include "system.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <memory>

#include <unistd.h>

namespace benchmark {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using buffer = std::array<std::byte, 64 * kib>;

void check_error(const error_code& error)
{
    if (error)
        throw boost::system::system_error{error};
}

/// async_read_some, async_write, by callbacks and with one buffer.
template <class Source>
class stream_loop
{
public:
    stream_loop(Source source, tcp::socket sink) : source_{std::move(source)}, sink_{std::move(sink)} {}

    void read()
    {
        source_.async_read_some(asio::buffer(buffer_), [this](const error_code& error, std::size_t n) {
            if (error == asio::error::eof)
                return;
            check_error(error);
            write(n);
        });
    }

private:
    void write(std::size_t n)
    {
        asio::async_write(sink_, asio::buffer(buffer_, n), [this](const error_code& error, std::size_t) {
            check_error(error);
            read();
        });
    }

    Source source_;
    tcp::socket sink_;
    buffer buffer_;
};

/// read(2) or pread(2), async_write. Each range begins at the start of the file.
class file_loop
{
public:
    file_loop(asio::io_context& context, const task& to_do)
        : source_{to_do.connections.front().source}, sink_{context, tcp::v4(), to_do.connections.front().sink},
          bytes_{to_do.bytes}, range_{to_do.range}
    {}

    void read()
    {
        if (done_ == bytes_)
            return;
        const std::uint64_t at = done_ % range_;
        const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(buffer_.size(), range_ - at));
        const ssize_t n = check(::pread(source_, buffer_.data(), length, static_cast<off_t>(at)), "pread");
        done_ += static_cast<std::uint64_t>(n);
        asio::async_write(sink_, asio::buffer(buffer_, static_cast<std::size_t>(n)),
                          [this](const error_code& error, std::size_t) {
                              check_error(error);
                              read();
                          });
    }

private:
    int source_;
    tcp::socket sink_;
    std::uint64_t bytes_;
    std::uint64_t range_;
    std::uint64_t done_ = 0;
    buffer buffer_;
};

/// read(2), write(2), and a post after each pair, so that other handlers run.
class copy_loop
{
public:
    copy_loop(asio::io_context& context, const ends& files) : context_{context}, files_{files} {}

    void step()
    {
        const ssize_t n = check(::read(files_.source, buffer_.data(), buffer_.size()), "read");
        for (ssize_t written = 0; written != n;)
            written +=
                check(::write(files_.sink, buffer_.data() + written, static_cast<std::size_t>(n - written)), "write");
        if (n != 0)
            asio::post(context_, [this] { step(); });
    }

private:
    asio::io_context& context_;
    ends files_;
    buffer buffer_;
};

template <class Source, class Make>
call_counts relay(const task& to_do, Make make)
{
    asio::io_context context{1};
    std::vector<std::unique_ptr<stream_loop<Source>>> loops;
    for (const ends& connection : to_do.connections)
    {
        loops.push_back(std::make_unique<stream_loop<Source>>(make(context, connection.source),
                                                              tcp::socket{context, tcp::v4(), connection.sink}));
        loops.back()->read();
    }
    context.run();
    return {};
}

call_counts send_file(const task& to_do)
{
    asio::io_context context{1};
    const auto loop = std::make_unique<file_loop>(context, to_do);
    loop->read();
    context.run();
    return {};
}

call_counts copy_file(const task& to_do)
{
    asio::io_context context{1};
    const auto loop = std::make_unique<copy_loop>(context, to_do.connections.front());
    loop->step();
    context.run();
    return {};
}

call_counts relay_sockets(const task& to_do)
{
    return relay<tcp::socket>(to_do, [](asio::io_context& context, int descriptor) {
        return tcp::socket{context, tcp::v4(), descriptor};
    });
}

call_counts relay_pipe(const task& to_do)
{
    return relay<asio::posix::stream_descriptor>(to_do, [](asio::io_context& context, int descriptor) {
        return asio::posix::stream_descriptor{context, descriptor};
    });
}

call_counts (*mover_for(scenario what))(const task&)
{
    switch (what)
    {
    case scenario::file_to_file:
        return copy_file;
    case scenario::socket_to_socket:
        return relay_sockets;
    case scenario::pipe_to_socket:
        return relay_pipe;
    default:
        return send_file;
    }
}

} // namespace

void add_plain_asio(std::vector<contender>& to, scenario what)
{
    to.push_back({"plain Asio", family::plain_asio, mover_for(what)});
}

} // namespace benchmark

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_ENDS_HPP
#define KERNEL_COPY_TEST_SUPPORT_ENDS_HPP

#include "copies.hpp"
#include "system.hpp"

#include <string>

namespace test {

// Sources and sinks of one interface, for tests that hold for every pair. A source makes `end()` deliver the
// content it was made with and then end; a sink gathers what arrives in `bytes()` once finish() was called and
// the context has run.

template <bool OnTmpfs>
class file_source_on
{
public:
    file_source_on(asio::io_context& io, const std::string& bytes) : file_{io}
    {
        write_file(dir_.path("source"), bytes);
        file_ = open_file(io, dir_.path("source"));
    }
    kernel_copy::file& end() { return file_; }

private:
    temp_dir dir_{OnTmpfs ? tmpfs : std::filesystem::current_path().string()};
    kernel_copy::file file_;
};

template <bool OnTmpfs>
class file_sink_on
{
public:
    explicit file_sink_on(asio::io_context& io) : file_{create_file(io, dir_.path("sink"))} {}
    kernel_copy::file& end() { return file_; }
    void finish() {}
    std::string bytes(std::size_t from = 0) { return read_file(dir_.path("sink"), from); }

private:
    temp_dir dir_{OnTmpfs ? tmpfs : std::filesystem::current_path().string()};
    kernel_copy::file file_;
};

using disk_file_source = file_source_on<false>;
using disk_file_sink = file_sink_on<false>;
using tmpfs_file_source = file_source_on<true>;
using tmpfs_file_sink = file_sink_on<true>;

template <auto MakePair>
class fed_source
{
public:
    fed_source(asio::io_context& io, std::string bytes) : bytes_{std::move(bytes)}, ends_{MakePair(io)}
    {
        feed(ends_.second, bytes_);
    }
    auto& end() { return ends_.first; }

private:
    std::string bytes_;
    decltype(MakePair(std::declval<asio::io_context&>())) ends_;
};

template <auto MakePair>
class collecting_sink
{
public:
    explicit collecting_sink(asio::io_context& io) : ends_{MakePair(io)} { collect(ends_.first, bytes_); }
    auto& end() { return ends_.second; }
    void finish() { ends_.second.close(); }
    std::string bytes() { return bytes_; }

private:
    std::string bytes_{};
    decltype(MakePair(std::declval<asio::io_context&>())) ends_;
};

/// A sink socket and what has arrived at its peer.
struct receiver
{
    explicit receiver(asio::io_context& io) : ends{local_pair(io)} {}
    local::socket& sink() { return ends.first; }
    std::string arrived() { return read_now(ends.second); }

    std::pair<local::socket, local::socket> ends;
};

/// A sink whose other end is there, and is nobody's reader.
template <auto MakePair>
class lonely_sink
{
public:
    explicit lonely_sink(asio::io_context& io) : ends_{MakePair(io)} {}
    auto& end() { return ends_.second; }
    auto& peer() { return ends_.first; }

private:
    decltype(MakePair(std::declval<asio::io_context&>())) ends_;
};

inline std::pair<asio::readable_pipe, asio::writable_pipe> asio_pipe_pair(asio::io_context& io)
{
    std::pair<asio::readable_pipe, asio::writable_pipe> ends{io, io};
    asio::connect_pipe(ends.first, ends.second);
    return ends;
}

using tcp_source = fed_source<tcp_pair>;
using tcp_sink = collecting_sink<tcp_pair>;
using local_source = fed_source<local_pair>;
using local_sink = collecting_sink<local_pair>;
using pipe_source = fed_source<pipe_pair>;
using pipe_sink = collecting_sink<pipe_pair>;
using asio_pipe_source = fed_source<asio_pipe_pair>;
using asio_pipe_sink = collecting_sink<asio_pipe_pair>;

} // namespace test

#endif

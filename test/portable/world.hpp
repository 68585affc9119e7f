// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_PORTABLE_WORLD_HPP
#define KERNEL_COPY_TEST_PORTABLE_WORLD_HPP

#include "support/content.hpp"

#include <kernel_copy.hpp>

#include <boost/asio.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <utility>

/// What each system has: TCP over loopback, and files.
namespace portable {

namespace asio = boost::asio;
using asio::ip::tcp;
using kernel_copy::error_code;

[[nodiscard]] inline error_code failure(kernel_copy::errc error)
{
    return error;
}

/// Removed with all that is in it.
class directory
{
public:
    directory() { std::filesystem::create_directory(path_); }
    directory(const directory&) = delete;
    directory& operator=(const directory&) = delete;
    ~directory()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] std::string path(const std::string& name) const { return (path_ / name).string(); }
    [[nodiscard]] std::string with(const std::string& name, const std::string& bytes) const
    {
        std::ofstream{path(name), std::ios::binary} << bytes;
        return path(name);
    }
    [[nodiscard]] std::string read(const std::string& name) const
    {
        std::ifstream from{path(name), std::ios::binary};
        return {std::istreambuf_iterator<char>{from}, {}};
    }

private:
    std::filesystem::path path_ =
        std::filesystem::temp_directory_path() / ("kernel_copy_portable_" + std::to_string(std::random_device{}()));
};

/// Two connected sockets.
struct connection
{
    explicit connection(asio::io_context& io) : ours{io}, theirs{io}
    {
        tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
        theirs.connect(acceptor.local_endpoint());
        acceptor.accept(ours);
    }
    tcp::socket ours;
    tcp::socket theirs;
};

/// All that comes out of a socket until its end.
struct reader
{
    explicit reader(tcp::socket& from)
    {
        asio::async_read(from, asio::dynamic_buffer(bytes), [this](const error_code& error, std::size_t) {
            ended = error == asio::error::eof;
            failed = error && !ended;
        });
    }
    std::string bytes{};
    bool ended = false;
    bool failed = false;
};

/// Sends all of it, and then its end.
struct writer
{
    writer(tcp::socket& to, std::string what) : bytes{std::move(what)}
    {
        asio::async_write(to, asio::buffer(bytes), [&to](const error_code&, std::size_t) {
            error_code ignored;
            to.shutdown(tcp::socket::shutdown_send, ignored);
        });
    }
    std::string bytes;
};

/// How an operation ended.
template <class Result>
struct ending
{
    auto handler()
    {
        return [this](const error_code& with, const Result& what) {
            BOOST_TEST(!done);
            done = true;
            error = with;
            result = what;
        };
    }
    bool done = false;
    error_code error{};
    Result result{};
};
using copy_ending = ending<std::uint64_t>;
using relay_ending = ending<kernel_copy::relay_result>;

struct world
{
    /// Until all is done.
    void run()
    {
        io.restart();
        io.run_for(std::chrono::seconds{60});
        BOOST_REQUIRE(io.stopped());
    }
    /// Until that is so.
    template <class Condition>
    void run_until(Condition met)
    {
        io.restart();
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{60};
        while (!met() && io.run_one_until(end) != 0)
            ;
        BOOST_REQUIRE(met());
    }
    kernel_copy::file open(const std::string& path, kernel_copy::file::flags flags = kernel_copy::file::read_only)
    {
        return {io, path.c_str(), flags};
    }
    kernel_copy::file create(const std::string& path)
    {
        return open(path, kernel_copy::file::write_only | kernel_copy::file::create | kernel_copy::file::truncate);
    }

    asio::io_context io{};
    directory dir{};
};

} // namespace portable

#endif

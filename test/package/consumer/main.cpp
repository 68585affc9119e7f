// Distributed under the Boost Software License, Version 1.0.

// A program that has nothing but an installed library: a file goes through a socket into another file.

#include <kernel_copy.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <unistd.h>

namespace asio = boost::asio;
using kernel_copy::async_kernel_copy;
using kernel_copy::file;
using socket_type = asio::local::stream_protocol::socket;

namespace {

/// More than a socket takes at once, and no period of a power of two.
std::string content()
{
    std::string bytes(1'000'003, '\0');
    std::uint64_t i = 0;
    for (char& byte : bytes)
        byte = static_cast<char>((i++ * 0x9E3779B97F4A7C15u) >> 56);
    return bytes;
}

/// Files of this process, for as long as it runs.
class scratch_directory
{
public:
    scratch_directory() { std::filesystem::create_directory(path_); }
    scratch_directory(const scratch_directory&) = delete;
    scratch_directory& operator=(const scratch_directory&) = delete;
    ~scratch_directory() { std::filesystem::remove_all(path_); }

    [[nodiscard]] std::string operator/(const char* name) const { return path_ / name; }

private:
    std::filesystem::path path_ =
        std::filesystem::temp_directory_path() / ("kernel_copy_consumer_" + std::to_string(getpid()));
};

int failures = 0;

void expect(const char* what, bool is_so)
{
    if (!is_so)
    {
        std::cerr << "not so: " << what << '\n';
        ++failures;
    }
}

/// A socket of the program's own type.
struct connection
{
    using executor_type = socket_type::executor_type;
    [[nodiscard]] executor_type get_executor() { return socket.get_executor(); }
    socket_type socket;
};

} // namespace

template <>
struct kernel_copy::endpoint_traits<connection>
{
    static socket_type& next_layer(connection& c) noexcept { return c.socket; }
};

namespace {

asio::awaitable<void> send(std::string path, connection& to, kernel_copy::monitor& counters)
{
    file source{to.get_executor(), path.c_str(), file::read_only};
    co_await async_kernel_copy(source, to, {.monitor = &counters}, asio::use_awaitable);
    to.socket.close();
}

asio::awaitable<void> receive(connection& from, std::string path, std::uint64_t& received)
{
    file sink{from.get_executor(), path.c_str(), file::write_only | file::create | file::exclusive};
    received = co_await async_kernel_copy(from, sink, {.methods = {kernel_copy::method::splice_through_pipe}},
                                          asio::use_awaitable);
}

std::string read_all(const std::string& path)
{
    std::ifstream stream{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{stream}, {}};
}

void rethrow(std::exception_ptr failure)
{
    if (failure)
        std::rethrow_exception(failure);
}

void check(const scratch_directory& directory)
{
    const std::string bytes = content();
    std::ofstream{directory / "source", std::ios::binary} << bytes;

    asio::io_context io;
    connection near{socket_type{io}};
    connection far{socket_type{io}};
    asio::local::connect_pair(near.socket, far.socket);
    kernel_copy::monitor counters;
    std::uint64_t received = 0;
    asio::co_spawn(io, send(directory / "source", near, counters), rethrow);
    asio::co_spawn(io, receive(far, directory / "sink", received), rethrow);
    io.run();

    expect("all was sent", counters.delivered() == bytes.size());
    expect("all was received", received == bytes.size());
    expect("what was received is what was sent", read_all(directory / "sink") == bytes);
    expect("the library and the program speak of the same service",
           asio::use_service<kernel_copy::pipe_pool>(io).kept() != 0);
    expect("a method has a name", std::string{to_string(kernel_copy::method::sendfile)} == "sendfile");
    try
    {
        const file missing{io, (directory / "missing").c_str(), file::read_only};
        expect("a missing file can't be opened", false);
    }
    catch (const boost::system::system_error& error)
    {
        expect("what the library throws is caught as what it is",
               error.code() == boost::system::errc::no_such_file_or_directory);
    }
    const boost::system::error_code truncated = kernel_copy::errc::source_truncated;
    expect("there is one category", truncated.category() == kernel_copy::error_category());
}

} // namespace

int main()
try
{
    check(scratch_directory{});
    if (failures == 0)
        std::cout << "copied, kernel_copy " KERNEL_COPY_VERSION_STRING "\n";
    return failures == 0 ? 0 : 1;
}
catch (const std::exception& error)
{
    std::cerr << error.what() << '\n';
    return 1;
}

// Distributed under the Boost Software License, Version 1.0.
//
// A program that is compiled in ways that Asio allows. Without exceptions it says what is to happen in their place.
#include <kernel_copy.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <cstdlib>
#include <exception>

#if defined(BOOST_NO_EXCEPTIONS)

namespace boost {

void throw_exception(const std::exception&)
{
    std::abort();
}
void throw_exception(const std::exception&, const source_location&)
{
    std::abort();
}

} // namespace boost

#endif

int main()
{
    namespace asio = boost::asio;
    using local = asio::local::stream_protocol;
    asio::io_context io;
    local::socket in{io};
    local::socket feeder{io};
    local::socket out{io};
    local::socket sink{io};
    asio::local::connect_pair(in, feeder);
    asio::local::connect_pair(out, sink);
    boost::system::error_code ignored;
    feeder.write_some(asio::buffer("bytes", 5), ignored);
    feeder.close(ignored);
    std::uint64_t copied = 0;
    kernel_copy::async_kernel_copy(in, out, [&](const boost::system::error_code& error, std::uint64_t n) {
        copied = error ? 0 : n;
        out.close(ignored);
    });
    kernel_copy::file file{io};
    file.open("/dev/null", kernel_copy::file::read_only, ignored);
    std::uint64_t both_ways = 1;
    kernel_copy::async_kernel_relay(sink, file,
                                    [&](const boost::system::error_code&, const kernel_copy::relay_result& moved) {
                                        both_ways = moved.a_to_b.bytes + moved.b_to_a.bytes;
                                    });
    io.run();
    return copied == 5 && both_ways == 0 ? 0 : 1;
}

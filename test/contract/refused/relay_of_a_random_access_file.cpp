// error: async_kernel_relay: a file_range or a random_access_file has no other direction
#define BOOST_ASIO_HAS_IO_URING
#include <kernel_copy.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/random_access_file.hpp>

void f(boost::asio::random_access_file& a, boost::asio::ip::tcp::socket& b)
{
    kernel_copy::async_kernel_relay(a, b, [](kernel_copy::error_code, const kernel_copy::relay_result&) {});
}

// error: async_kernel_copy: a random_access_file has no position
#define BOOST_ASIO_HAS_IO_URING
#include <kernel_copy.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/random_access_file.hpp>

void f(boost::asio::random_access_file& from, boost::asio::ip::tcp::socket& to)
{
    kernel_copy::async_kernel_copy(from, to, [](kernel_copy::error_code, std::uint64_t) {});
}

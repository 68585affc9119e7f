// error: no matching function for call to .*async_kernel_copy.*copy_token
#include <kernel_copy.hpp>

#include <boost/asio/ip/tcp.hpp>

void f(boost::asio::ip::tcp::socket& from, boost::asio::ip::tcp::socket& to)
{
    kernel_copy::async_kernel_copy(from, to, [](const char*) {});
}

// error: async_kernel_relay: an end must not be const
#include <kernel_copy.hpp>

#include <boost/asio/ip/tcp.hpp>

void f(boost::asio::ip::tcp::socket& a, const boost::asio::ip::tcp::socket& b)
{
    kernel_copy::async_kernel_relay(a, b, [](kernel_copy::error_code, const kernel_copy::relay_result&) {});
}

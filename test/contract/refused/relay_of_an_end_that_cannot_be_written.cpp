// error: async_kernel_relay: an end must be writable
#include <kernel_copy.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/readable_pipe.hpp>

void f(boost::asio::readable_pipe& a, boost::asio::ip::tcp::socket& b)
{
    kernel_copy::async_kernel_relay(a, b, [](kernel_copy::error_code, const kernel_copy::relay_result&) {});
}

// error: async_kernel_relay: an end must be a descriptor that Asio or endpoint_traits knows
#include <kernel_copy.hpp>

#include <boost/asio/ip/tcp.hpp>

void f(boost::asio::ip::tcp::socket& a, int b)
{
    kernel_copy::async_kernel_relay(a, b, [](kernel_copy::error_code, const kernel_copy::relay_result&) {});
}

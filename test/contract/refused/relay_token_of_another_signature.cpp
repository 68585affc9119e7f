// error: no matching function for call to .*async_kernel_relay.*relay_token
#include <kernel_copy.hpp>

#include <boost/asio/ip/tcp.hpp>

void f(boost::asio::ip::tcp::socket& a, boost::asio::ip::tcp::socket& b)
{
    kernel_copy::async_kernel_relay(a, b, [](kernel_copy::error_code, std::uint64_t) {});
}

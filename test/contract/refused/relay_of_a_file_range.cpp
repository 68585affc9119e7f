// error: async_kernel_relay: a file_range or a random_access_file has no other direction
#include <kernel_copy.hpp>

#include <boost/asio/ip/tcp.hpp>

void f(kernel_copy::file& a, boost::asio::ip::tcp::socket& b)
{
    kernel_copy::async_kernel_relay(kernel_copy::file_range(a, 0, 10), b,
                                    [](kernel_copy::error_code, const kernel_copy::relay_result&) {});
}

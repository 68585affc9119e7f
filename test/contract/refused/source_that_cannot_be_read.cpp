// error: async_kernel_copy: the source must be a descriptor
#include <kernel_copy.hpp>

#include <boost/asio/ip/tcp.hpp>

void f(int from, boost::asio::ip::tcp::socket& to)
{
    kernel_copy::async_kernel_copy(from, to, [](kernel_copy::error_code, std::uint64_t) {});
}

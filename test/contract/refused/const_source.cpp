// error: async_kernel_copy: source and sink must not be const
#include <kernel_copy.hpp>

#include <boost/asio/ip/tcp.hpp>

void f(const boost::asio::ip::tcp::socket& from, boost::asio::ip::tcp::socket& to)
{
    kernel_copy::async_kernel_copy(from, to, [](kernel_copy::error_code, std::uint64_t) {});
}

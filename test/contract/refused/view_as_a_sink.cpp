// error: async_kernel_copy: take, exactly, prefixed and file_range are views of a source
#include <kernel_copy.hpp>

#include <boost/asio/ip/tcp.hpp>

void f(boost::asio::ip::tcp::socket& from, boost::asio::ip::tcp::socket& to)
{
    kernel_copy::async_kernel_copy(from, kernel_copy::take(to, 10), [](kernel_copy::error_code, std::uint64_t) {});
}

// error: async_kernel_copy: the sink must be a descriptor
#include <kernel_copy.hpp>

#include <boost/asio/ip/tcp.hpp>

#include <string>

void f(boost::asio::ip::tcp::socket& from, std::string& to)
{
    kernel_copy::async_kernel_copy(from, to, [](kernel_copy::error_code, std::uint64_t) {});
}

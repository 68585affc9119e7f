// Distributed under the Boost Software License, Version 1.0.
#include "connection_limit.hpp"

#include <boost/asio/use_awaitable.hpp>

namespace kernel_copy::example {

connection_limit::connection_limit(const boost::asio::any_io_executor& executor, std::size_t most)
    : most_{most}, free_{executor, most}
{
    for (std::size_t i = 0; i != most; ++i)
        free_.try_send(boost::system::error_code{});
}

boost::asio::awaitable<connection_limit::place> connection_limit::take()
{
    if (most_ == 0)
        co_return nullptr;
    co_await free_.async_receive(boost::asio::use_awaitable);
    co_return place{this};
}

} // namespace kernel_copy::example

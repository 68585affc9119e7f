// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_EXAMPLE_CONNECTION_LIMIT_HPP
#define KERNEL_COPY_EXAMPLE_CONNECTION_LIMIT_HPP

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/experimental/concurrent_channel.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <memory>

namespace kernel_copy::example {

/// How many connections may be open, all threads together: a semaphore whose waiters are coroutines, made of a
/// channel that holds the free places.
class connection_limit
{
    struct give_back
    {
        void operator()(connection_limit* limit) const { limit->free_.try_send(boost::system::error_code{}); }
    };

public:
    /// Who has one may have a connection; its end gives it back. Null if there is no limit.
    using place = std::unique_ptr<connection_limit, give_back>;

    /// 0: any number.
    connection_limit(const boost::asio::any_io_executor& executor, std::size_t most);

    /// Waits, first come, first served, and throws if that is cancelled. From any thread.
    boost::asio::awaitable<place> take();

private:
    std::size_t most_;
    boost::asio::experimental::concurrent_channel<void(boost::system::error_code)> free_;
};

} // namespace kernel_copy::example

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_EXAMPLE_WORKER_HPP
#define KERNEL_COPY_EXAMPLE_WORKER_HPP

#include "relay_connection.hpp"
#include "stream_socket.hpp"

#include "../common/task_group.hpp"

#include <boost/asio/io_context.hpp>

#include <optional>

namespace kernel_copy::example {

/// One thread's share: an acceptor and the connections that it has brought, all in an io_context of their own.
class worker
{
public:
    worker(const relay_settings& settings, connection_limit& limit, failure_log& failures);
    worker(const worker&) = delete;
    worker& operator=(const worker&) = delete;

    [[nodiscard]] boost::asio::any_io_executor executor() { return io_.get_executor(); }

    /// Before run().
    void accept_from(acceptor a) { acceptor_ = std::move(a); }

    /// The thread: accepts until stop_accepting(), and returns when the last connection has ended.
    void run();

    // From any thread:
    void stop_accepting();
    void reset_connections();
    [[nodiscard]] const relay_statistics& counts() const noexcept { return context_.counts; }

private:
    boost::asio::awaitable<void> accept_all();
    boost::system::error_code accept(connection_limit::place place);

    boost::asio::io_context io_{1};
    relay_context context_;
    connection_limit& limit_;
    std::optional<acceptor> acceptor_{};
    task_group accepting_{io_.get_executor()};
    task_group connections_{io_.get_executor()};
};

} // namespace kernel_copy::example

#endif

// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_FILES_ASIO_SERVER_HPP
#define KERNEL_COPY_TEST_BENCHMARK_FILES_ASIO_SERVER_HPP

#include "built_in.hpp"
#include "request.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <stdexcept>
#include <utility>

namespace benchmark::files {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// A connection of a server on Asio: reads a request, lets the sender answer, and so on until the client closes.
template <class Sender>
class session
{
public:
    session(tcp::socket socket, Sender& sender) : socket_{std::move(socket)}, sender_{sender} { receive(); }

private:
    void receive()
    {
        socket_.async_read_some(asio::buffer(&asked_, sizeof asked_), [this](const error_code& error, std::size_t n) {
            if (error)
            {
                delete this;
                return;
            }
            check_received(n);
            sender_.send(socket_, asked_, state_, [this](const error_code& failure, bool complete) {
                if (failure)
                    throw boost::system::system_error{failure};
                if (!complete)
                    throw std::runtime_error{"an answer is not complete"};
                receive();
            });
        });
    }

    tcp::socket socket_;
    Sender& sender_;
    request asked_{};
    typename Sender::state state_{};
};

template <class Sender>
void accept(tcp::acceptor& from, Sender& sender, bool no_delay)
{
    from.async_accept([&, no_delay](const error_code& error, tcp::socket client) {
        if (error)
            throw boost::system::system_error{error};
        if (no_delay)
            client.set_option(tcp::no_delay{true});
        client.native_non_blocking(true);
        new session<Sender>{std::move(client), sender};
        accept(from, sender, no_delay);
    });
}

/// A sender has `send(socket, request, state, done)`, which calls `done(error, complete)` when all is sent.
template <class Sender, class... Arguments>
void serve_by_asio(const service& what, const Arguments&... arguments)
{
    asio::io_context context{1};
    Sender sender{context, what, arguments...};
    tcp::acceptor acceptor{context, tcp::v4(), what.listener};
    accept(acceptor, sender, what.no_delay);
    context.run();
}

} // namespace benchmark::files

#endif

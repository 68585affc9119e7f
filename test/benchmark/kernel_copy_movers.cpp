// Distributed under the Boost Software License, Version 1.0.
#include "contender.hpp"
#include "system.hpp"

#include <kernel_copy.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <list>

namespace benchmark {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using kernel_copy::error_code;

void check_outcome(const error_code& error, std::uint64_t n, std::uint64_t expected)
{
    if (error)
        throw boost::system::system_error{error};
    if (n != expected)
        throw std::runtime_error{"kernel_copy: " + std::to_string(n) + " bytes of " + std::to_string(expected)};
}

template <class Source, class Sink>
void copy_all(const task& to_do, const kernel_copy::copy_options& options, Source make_source, Sink make_sink)
{
    asio::io_context context{1};
    std::list<std::pair<decltype(make_source(context, 0)), decltype(make_sink(context, 0))>> lines;
    for (const ends& connection : to_do.connections)
    {
        auto& line = lines.emplace_back(make_source(context, connection.source), make_sink(context, connection.sink));
        kernel_copy::async_kernel_copy(line.first, line.second, options, [&](const error_code& error, std::uint64_t n) {
            check_outcome(error, n, to_do.bytes);
        });
    }
    context.run();
}

/// One operation after the other.
class range_loop
{
public:
    range_loop(asio::io_context& context, const task& to_do, const kernel_copy::copy_options& options)
        : to_do_{to_do}, options_{options}, file_{context.get_executor(), to_do.connections.front().source},
          socket_{context, tcp::v4(), to_do.connections.front().sink}
    {}

    void next()
    {
        if (done_ == to_do_.bytes)
            return;
        kernel_copy::async_kernel_copy(kernel_copy::file_range(file_, 0, to_do_.range), socket_, options_,
                                       [this](const error_code& error, std::uint64_t n) {
                                           check_outcome(error, n, to_do_.range);
                                           done_ += n;
                                           next();
                                       });
    }

private:
    const task& to_do_;
    kernel_copy::copy_options options_;
    kernel_copy::file file_;
    tcp::socket socket_;
    std::uint64_t done_ = 0;
};

void copy(scenario what, const task& to_do, const kernel_copy::copy_options& options)
{
    const auto file = [](asio::io_context& context, int fd) { return kernel_copy::file{context.get_executor(), fd}; };
    const auto socket = [](asio::io_context& context, int fd) { return tcp::socket{context, tcp::v4(), fd}; };
    const auto pipe = [](asio::io_context& context, int fd) { return asio::posix::stream_descriptor{context, fd}; };
    switch (what)
    {
    case scenario::file_to_socket:
        return copy_all(to_do, options, file, socket);
    case scenario::socket_to_socket:
        return copy_all(to_do, options, socket, socket);
    case scenario::file_to_file:
        return copy_all(to_do, options, file, file);
    case scenario::pipe_to_socket:
        return copy_all(to_do, options, pipe, socket);
    case scenario::ranges_to_socket:
        break;
    }
    asio::io_context context{1};
    range_loop loop{context, to_do, options};
    loop.next();
    context.run();
}

contender make(const std::string& name, scenario what, kernel_copy::copy_options options, bool count_calls)
{
    return {name, family::kernel_copy, [=](const task& t) -> call_counts {
                kernel_copy::monitor counters;
                kernel_copy::copy_options with{options};
                if (count_calls)
                    with.monitor = &counters;
                copy(what, t, with);
                return {counters.system_calls(), counters.waits(), counters.yields()};
            }};
}

} // namespace

void add_kernel_copy(std::vector<contender>& to, scenario what, const settings& with)
{
    to.push_back(make("kernel_copy", what, {}, with.count_calls));
    const auto or_default = [](const auto& values) {
        return values.empty() ? std::remove_cvref_t<decltype(values)>{0} : values;
    };
    if (with.turn_budgets.empty() && with.pipe_capacities.empty())
        return;
    for (const std::uint64_t budget : or_default(with.turn_budgets))
        for (const std::size_t capacity : or_default(with.pipe_capacities))
        {
            kernel_copy::copy_options options;
            std::string name = "kernel_copy";
            if (budget != 0)
            {
                options.turn_budget = budget;
                name += ", turn " + in_units(budget);
            }
            if (capacity != 0)
            {
                options.pipe_capacity = capacity;
                name += ", pipe " + in_units(capacity);
            }
            to.push_back(make(name, what, options, with.count_calls));
        }
}

} // namespace benchmark

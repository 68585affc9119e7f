// Distributed under the Boost Software License, Version 1.0.
//
// A program of its own: it replaces the global operator new.
#include "support/counted_new.hpp"
#include "support/disk_ends.hpp"
#include "support/held_kernel.hpp"

#include <sys/socket.h>

using namespace test;
using kernel_copy::copy_options;
using kernel_copy::method;
using kernel_copy::method_set;

namespace {

constexpr std::size_t piece = 20'000;
constexpr std::size_t size = 300 * piece;

/// Asio keeps what a wait was made of for the next one only until poll() returns, and this test polls.
constexpr std::size_t waits_that_may_take_memory = 20;

/// A copy with steps of one piece, whose peers take no memory.
class frugal_copy
{
public:
    frugal_copy() { kernel_.cut_steps_to(piece); }

    void file_to_socket(const method_set& methods) { start(source_.end(), sockets_.first, methods); }
    void socket_to_file(const method_set& methods) { start(sockets_.first, sink_, methods); }
    void file_to_file(const method_set& methods) { start(source_.end(), sink_, methods); }

    /// Of operator new, and of aligned_alloc.
    [[nodiscard]] std::pair<std::size_t, std::size_t> calls_in_100_steps()
    {
        run_to(50);
        const std::pair before{calls_of_new(), calls_of_aligned_alloc()};
        run_to(150);
        const std::pair calls{calls_of_new() - before.first, calls_of_aligned_alloc() - before.second};
        const auto end = std::chrono::steady_clock::now() + patience;
        while (!result_.done && std::chrono::steady_clock::now() < end)
            turn();
        BOOST_TEST(result_.done);
        return calls;
    }

private:
    template <class Source, class Sink>
    void start(Source& source, Sink& sink, const method_set& methods)
    {
        kernel_copy::async_kernel_copy(source, sink, {.methods = methods, .disk = disk::always}, result_.handler());
    }
    void run_to(std::size_t steps)
    {
        const auto end = std::chrono::steady_clock::now() + patience;
        while (kernel_.steps() < steps && std::chrono::steady_clock::now() < end)
            turn();
        BOOST_TEST(kernel_.steps() >= steps);
    }
    /// Runs what is ready; the peer takes all that has come, or sends what there is room for.
    void turn()
    {
        io_.poll();
        const int peer = sockets_.second.native_handle();
        static char bytes[65536];
        while (::recv(peer, bytes, sizeof bytes, MSG_DONTWAIT) > 0)
            ;
        if (sent_ < size)
            if (const ssize_t n = ::send(peer, bytes, piece, MSG_DONTWAIT | MSG_NOSIGNAL); n > 0)
                sent_ += static_cast<std::size_t>(n);
        if (sent_ >= size)
            ::shutdown(peer, SHUT_WR);
    }

    held_kernel kernel_{held_kernel::all};
    temp_dir dir_{};
    asio::io_context io_{};
    disk_file_source source_{io_, content(size)};
    kernel_copy::file sink_ = create_file(io_, dir_.path("out"));
    std::pair<local::socket, local::socket> sockets_ = local_pair(io_);
    std::size_t sent_ = 0;
    outcome result_{};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(disk_cost, balance)

BOOST_AUTO_TEST_CASE(a_step_takes_no_memory)
{
    const method_set any{};
    const method_set buffer{method::buffer};
    const method_set sendfile{method::sendfile};
    for (const auto& [start, methods] : {std::pair{&frugal_copy::file_to_socket, any},
                                         {&frugal_copy::file_to_socket, buffer},
                                         {&frugal_copy::socket_to_file, any},
                                         {&frugal_copy::socket_to_file, buffer},
                                         {&frugal_copy::file_to_file, any},
                                         {&frugal_copy::file_to_file, sendfile},
                                         {&frugal_copy::file_to_file, buffer}})
    {
        frugal_copy copy;
        (copy.*start)(methods);
        const auto [calls, aligned] = copy.calls_in_100_steps();
        BOOST_TEST(calls == 0u);
        BOOST_TEST(aligned <= waits_that_may_take_memory);
    }
}

BOOST_AUTO_TEST_SUITE_END()
